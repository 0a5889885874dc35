import { buildLanguageModel } from './architectures/table';
import type { Configuration } from './configuration';
import { FrozenTensors } from './frozenTensors';
import type { Weights } from './weights';

/**
 * What transformers 5 makes of tensors that are tied and stored more than once (`tie_weights`): equal ones are one tensor, of which the
 * copies are left out here; one that differs is used as it is stored, which is said in a note.
 */
export async function resolveTies(
  configuration: Configuration,
  weights: Weights,
): Promise<{ readonly weights: Weights; readonly notes: readonly string[] }> {
  const tensors = new FrozenTensors(weights);
  buildLanguageModel(configuration, tensors);
  const { shared, apart, expectedApart } = tensors.storedTies;
  const copies: string[] = [];
  const notes: string[] = [];
  for (const name of apart) {
    if (shared !== undefined && (await weights.same(shared, name))) copies.push(name);
    else if (!expectedApart.includes(name))
      notes.push(
        `"${name}" is stored and differs from "${shared}". Although config.json ties the two, it is used as it is stored, as ` +
          'transformers does. Set "tie_word_embeddings" to false if this is meant.',
      );
  }
  return { weights: copies.length === 0 ? weights : weights.without(copies), notes };
}
