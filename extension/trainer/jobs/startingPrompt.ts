import { seededRandom } from '../../engine/datasets/random';
import type { FrozenModel } from '../../engine/models/frozenModel';
import { initialPrompt } from '../../engine/tuning/initialisers/table';
import type { ResolvedExperiment } from '../../protocol/presets';

/**
 * The prompt that a run starts with, [P, D]: a function of the experiment and its seed, so that it can be had again without its checkpoint.
 * @param labelWords of the task's classes, in their order; empty for free text.
 */
export function startingPrompt(
  model: FrozenModel,
  { prompt, training }: ResolvedExperiment,
  labelWords: readonly string[],
): Promise<Float32Array> {
  return initialPrompt(prompt.initialiser, {
    model,
    length: prompt.length,
    random: seededRandom(training.seed, 'initialiser'),
    labelWords,
    text: prompt.text,
    range: prompt.range,
    topTokens: prompt.topTokens,
  });
}
