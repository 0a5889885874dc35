import type { Comparison, EvaluationRecord } from './evaluation';

/** What the panel and the command line both read out of an evaluation's record. */

/** How a predictor differs from another one; positive where its value is the higher. */
export type Difference = Omit<Comparison, 'a' | 'b'>;

/** `predictor` minus `reference` (ids); undefined where the two were not compared, or are the same. */
export function differenceTo(
  { comparisons }: EvaluationRecord,
  dataset: number,
  metric: string,
  predictor: string,
  reference: string,
): Difference | undefined {
  const here = comparisons.filter((each) => each.dataset === dataset && each.metric === metric);
  const straight = here.find(({ a, b }) => a === predictor && b === reference);
  if (straight) return straight;
  const turned = here.find(({ a, b }) => a === reference && b === predictor);
  if (!turned) return undefined;
  const { difference, interval } = turned;
  return { ...turned, difference: -difference, interval: [-interval[1], -interval[0]] };
}

/** Whether a difference is more than chance at 5 %: by McNemar's test where there is one, otherwise by its interval. */
export function isSignificant({ p, interval }: Difference): boolean {
  return p === undefined ? interval[0] > 0 || interval[1] < 0 : p < 0.05;
}

/** A p-value as a person reads it. */
export function probabilityWord(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/**
 * What several prompts of one frozen model save against as many models tuned as a whole, in a sentence (Lester et al. 2021, section 1):
 * the weights are held once, and a task adds its prompt, length x width float32. Undefined for fewer than two prompts.
 */
export function sharingText({ model, predictors, request }: EvaluationRecord): string | undefined {
  const { bytes, width } = model;
  const lengths = predictors.flatMap(({ kind, length }) => (kind === 'prompt' && length !== undefined ? [length] : []));
  if (bytes === undefined || width === undefined || lengths.length < 2) return undefined;
  const sizes = [Math.min(...lengths), Math.max(...lengths)].map((length) => bytesText(length * width * 4));
  const what = request?.assignment === 'own' ? 'tasks in one batch, each with a prompt' : 'prompts';
  return (
    `One frozen model of ${bytesText(bytes)} serves ${lengths.length} ${what} of ${[...new Set(sizes)].join(' to ')}; ` +
    `${lengths.length} models tuned as a whole would take ${bytesText(lengths.length * bytes)}.`
  );
}

function bytesText(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
