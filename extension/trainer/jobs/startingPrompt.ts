import { resolve } from 'node:path';
import { seededRandom } from '../../engine/datasets/random';
import type { FrozenModel } from '../../engine/models/frozenModel';
import { checkFits } from '../../engine/prompts/checkFits';
import { fillOf } from '../../engine/tuning/initialisers/anotherPrompt';
import { initialPrompt } from '../../engine/tuning/initialisers/table';
import type { ResolvedExperiment } from '../../protocol/presets';
import type { RunRecord } from '../../protocol/run';
import { TrainerFailure } from '../failure';
import { readPrompt, type PromptSource } from './promptSource';

type StartedFrom = NonNullable<RunRecord['startedFrom']>;

/**
 * The prompt that a run starts with, [P, D]: a function of the experiment, its seed and the prompt it starts from, so that it can be had
 * again without its checkpoint.
 * @param labelWords of the task's classes, in their order; empty for free text.
 * @param source the prompt to start from, where the initialiser is "prompt".
 */
export function startingPrompt(
  model: FrozenModel,
  { prompt, training }: ResolvedExperiment,
  labelWords: readonly string[],
  source: PromptSource | undefined,
): Promise<Float32Array> {
  return initialPrompt(prompt.initialiser, {
    model,
    length: prompt.length,
    random: seededRandom(training.seed, 'initialiser'),
    labelWords,
    text: prompt.text,
    source: source?.stored,
    range: prompt.range,
    topTokens: prompt.topTokens,
  });
}

/**
 * Reads the prompt that an experiment starts from; undefined with any other initialiser.
 * @param before what the run's record says of it, where the run began already.
 * @throws TrainerFailure "bad-prompt" where it cannot be read or is no longer the one that the run began with.
 */
export async function readSourcePrompt(
  { prompt: { initialiser, from } }: ResolvedExperiment,
  baseFolder: string,
  before: StartedFrom | undefined,
): Promise<PromptSource | undefined> {
  if (initialiser !== 'prompt' || from === undefined) return undefined;
  const source = await readPrompt(resolve(baseFolder, from));
  if (before !== undefined && before.sha256 !== source.sha256)
    throw new TrainerFailure(
      'bad-prompt',
      `${before.from}: is no longer the prompt that the run started from. Put that one back, or start a new run.`,
    );
  return source;
}

/** What a run's record keeps of the prompt it starts from. */
export function startedFrom({ name, stored, sha256 }: PromptSource, { prompt }: ResolvedExperiment): StartedFrom {
  return { from: stored.path, name, length: stored.length, sha256, fill: fillOf(stored.length, prompt.length) };
}

/** The same as a sentence: what is started from, and how it is brought to the run's length. */
export function startedFromText({ from, name, length, fill }: StartedFrom, wanted: number): string {
  const how = {
    whole: `all ${length} virtual tokens`,
    cut: `the first ${wanted} of its ${length} virtual tokens`,
    repeated: `its ${length} virtual tokens, repeated to ${wanted}`,
  };
  return `starts from ${name} (${from}): ${how[fill]}`;
}

/**
 * What to know of a source that was learned with another model, kind of model or position: it is a start, so only the width has to fit.
 * @throws TrainerFailure "bad-prompt" where it does not.
 */
export function sourceRemarks(source: PromptSource, model: FrozenModel, { prompt }: ResolvedExperiment): string[] {
  const { stored } = source;
  if (stored.width !== model.width)
    throw new TrainerFailure(
      'bad-prompt',
      `${stored.path}: has width ${stored.width}, but the embeddings of ${model.name} have width ${model.width}. Start from a prompt of that width.`,
    );
  const { position = 'prefix', ...learnedOn } = stored.learnedOn ?? {};
  const { problems, warnings } = checkFits({ ...stored, length: 1, learnedOn }, model);
  const moved =
    position === prompt.position
      ? []
      : [`The prompt to start from was learned with the position ${position}; here it is ${prompt.position}.`];
  return [...problems, ...warnings, ...moved];
}
