import type { EncodedExample } from './frozenModel';

/** @throws RangeError for no examples, an empty target, or an id outside the vocabulary, which the graph would not notice. */
export function checkTokens(examples: readonly EncodedExample[], vocabulary: number): void {
  if (examples.length === 0) throw new RangeError('a batch needs at least one example');
  for (const { inputIds, targetIds } of examples) {
    if (targetIds.length === 0) throw new RangeError('an example has no target token');
    for (const id of [...inputIds, ...targetIds]) {
      if (!Number.isInteger(id) || id < 0 || id >= vocabulary)
        throw new RangeError(`token id ${id} is not in the model's vocabulary of ${vocabulary}`);
    }
  }
}
