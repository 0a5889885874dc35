import { gradient } from '../../extension/engine/gradients/gradient';
import type { LanguageModel } from '../../extension/engine/models/languageModel';
import { lossGraph } from '../../extension/engine/models/lossGraph';
import { productFlops } from './productFlops';

/** Floating point operations in the matrix products of loss and prompt gradient. @param sizes of the graph's symbolic dimensions. */
export function stepFlops(
  network: LanguageModel,
  promptLength: number,
  sizes: Readonly<Record<string, number>>,
): number {
  const { loss, prompt } = lossGraph(network, promptLength);
  return productFlops([loss, ...gradient(loss, [prompt])], new Map(Object.entries(sizes)));
}
