import type { EncodedExample, FrozenModel, LongestExample } from '../../engine/models/frozenModel';
import { isBehind } from '../../engine/prompts/studioNotes';
import type { TuningOptions } from '../../engine/tuning/tunePrompt';
import type { ResolvedExperiment } from '../../protocol/presets';

/** What the size of a pass depends on, of an experiment. */
interface Sizes {
  readonly prompt: Pick<ResolvedExperiment['prompt'], 'length' | 'position'>;
  readonly training: Pick<ResolvedExperiment['training'], 'microBatchTokens'>;
}

/**
 * How a run cuts its batches into passes: the micro-batch that was asked for, or on the CPU a smaller one where a step would not fit in
 * memory. The result is the same.
 */
export function passesOf(
  { prompt, training }: Sizes,
  model: Pick<FrozenModel, 'kind' | 'fittingTokens' | 'pastShare'>,
  examples: readonly EncodedExample[],
  onCpu: boolean,
): Pick<TuningOptions, 'microBatchTokens' | 'sharedPrompt' | 'pastShare'> {
  const behind = isBehind(prompt.position);
  const longest = longestOf(examples, prompt.length, behind);
  const wanted = training.microBatchTokens;
  return {
    microBatchTokens: onCpu ? model.fittingTokens(longest, wanted) : wanted,
    sharedPrompt: model.kind === 'causal' && !behind,
    pastShare: behind ? model.pastShare(longest) : undefined,
  };
}

function longestOf(examples: readonly EncodedExample[], promptLength: number, behind: boolean): LongestExample {
  const most = (count: (example: EncodedExample) => number): number =>
    examples.reduce((longest, example) => Math.max(longest, count(example)), 1);
  if (!behind) return { promptLength, tokens: most(({ inputIds, targetIds }) => inputIds.length + targetIds.length) };
  return {
    promptLength,
    tokens: most(({ targetIds, tailTokens = 0 }) => tailTokens + targetIds.length),
    past: most(({ inputIds, tailTokens = 0 }) => inputIds.length - tailTokens),
  };
}
