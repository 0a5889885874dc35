import { gradient } from '../gradients/gradient';
import { productFlops } from '../graph/productFlops';
import type { LanguageModel } from './languageModel';
import { lossGraph } from './lossGraph';

/**
 * Floating point operations in the matrix products of one pass: loss and prompt gradient.
 * @param promptLength virtual tokens, P.
 * @param sizes of the graph's symbolic dimensions.
 */
export function stepFlops(
  network: LanguageModel,
  promptLength: number,
  sizes: Readonly<Record<string, number>>,
): number {
  const { loss, prompt } = lossGraph(network, promptLength);
  return productFlops([loss, ...gradient(loss, [prompt])], new Map(Object.entries(sizes)));
}
