import type { FrozenModel, SessionOptions } from '../../../engine/models/frozenModel';
import type { FrozenWeights, Precision } from '../../../protocol/experiment';
import type { ChosenProvider, Provider } from './chooseProvider';

/** Providers for which matrices can be held as float16. */
export function holdsFloat16(provider: Provider): boolean {
  return provider === 'webgpu' || provider === 'cuda';
}

/** Where the sessions of a job compute, and how they hold the frozen matrices there. */
export type Device = Required<Pick<SessionOptions, 'executionProvider' | 'weights'>>;

/**
 * The device of a job: matrices are held as float16 on a GPU that computes with 16-bit floats, unless the experiment says otherwise. Rounds
 * what has to be.
 *
 * @param say is told what a person would not expect: that the GPU lacks such floats, or that a matrix does not fit into them.
 */
export async function deviceOf(
  model: FrozenModel,
  { used, float16 }: ChosenProvider,
  wanted: { readonly frozenWeights?: FrozenWeights; readonly precision?: Precision | undefined },
  say: (remark: string) => Promise<void> | void,
): Promise<Device> {
  const stored = { executionProvider: used, weights: 'stored' } as const;
  const { frozenWeights = 'auto', precision = 'float32' } = wanted;
  if (frozenWeights !== 'auto' || precision !== 'float32' || !holdsFloat16(used)) return stored;
  if (float16 !== true) {
    await say('the GPU has no 16-bit floats: frozen matrices take four bytes a number on it instead of two');
    return stored;
  }
  for (const name of await model.prepareFloat16Weights())
    await say(`the frozen matrix "${name}" stays in float32: it has numbers beyond the range of float16`);
  return { executionProvider: used, weights: 'float16' };
}
