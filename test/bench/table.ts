import { activation } from './activation';
import { growth } from './growth';
import type { Bench } from './measurement';
import { neighbours } from './neighbours';
import { evaluationPanel } from './panels/evaluationPanel';
import { inspectPanels } from './panels/inspectPanels';
import { runsPanel } from './panels/runsPanel';
import { publishedModels } from './publishedModels';
import { scoring } from './scoring';
import { sizes } from './sizes';
import { start } from './start';
import { step } from './step';
import { textLength } from './textLength';

/** Everything that `npm run bench` measures, in this order. */
export const benches: Readonly<Record<string, Bench>> = {
  step,
  growth,
  textLength,
  start,
  scoring,
  neighbours,
  activation,
  runsPanel,
  inspectPanels,
  evaluationPanel,
  sizes,
};

/** What is measured only where it is named, since it fetches hundreds of megabytes the first time. */
export const namedBenches: Readonly<Record<string, Bench>> = { publishedModels };
