import type { FrozenModel } from '../../engine/models/frozenModel';
import type { EncodedTaskExample } from '../../engine/tasks/encoding';
import type { ResolvedExperiment } from '../../protocol/presets';
import type { RunWriter } from './runWriter';

/** What the size of a pass depends on. */
interface Pass {
  readonly experiment: {
    readonly prompt: Pick<ResolvedExperiment['prompt'], 'length'>;
    readonly training: Pick<ResolvedExperiment['training'], 'microBatchTokens'>;
  };
  readonly model: Pick<FrozenModel, 'fittingTokens'>;
  readonly examples: readonly Pick<EncodedTaskExample, 'inputIds' | 'targetIds'>[];
  readonly writer: { readonly record: Pick<RunWriter['record'], 'provider'>; readonly log: RunWriter['log'] };
}

/** The micro-batch that was asked for, or a smaller one where a step would not fit in memory; the result is the same. */
export async function passTokens({ experiment, model, examples, writer }: Pass): Promise<number> {
  const wanted = experiment.training.microBatchTokens;
  // What fits on a graphics card is that card's to say.
  if (writer.record.provider?.used !== 'cpu') return wanted;
  const tokens = examples.reduce((most, each) => Math.max(most, each.inputIds.length + each.targetIds.length), 1);
  const fitting = model.fittingTokens({ promptLength: experiment.prompt.length, tokens }, wanted);
  if (fitting < wanted)
    await writer.log(
      'info',
      `micro-batches of ${fitting} tokens instead of ${wanted}, so that a step takes at most half of this machine's memory; the result is the same`,
    );
  return fitting;
}
