import { buildLanguageModel } from './architectures/table';
import type { Configuration } from './configuration';
import { FrozenTensors } from './frozenTensors';
import { refuseForeign, unusedTensors } from './unusedTensors';
import type { Weights } from './weights';

/**
 * Compares what a checkpoint stores with what its graph uses. Tensors that are tied and stored more than once become what transformers 5
 * makes of them (`tie_weights`): equal ones are one tensor, of which the copies are left out here; one that differs is used as it is stored.
 *
 * @returns the weights to compute with, and what a person should know of them.
 * @throws ModelError for a tensor that is not used and matters; see {@link unusedTensors}.
 */
export async function resolveStored(
  configuration: Configuration,
  weights: Weights,
): Promise<{ readonly weights: Weights; readonly notes: readonly string[] }> {
  refuseForeign(weights);
  const tensors = new FrozenTensors(weights);
  const { unreadFields } = buildLanguageModel(configuration, tensors);
  const unused = unusedTensors(weights, tensors);
  const { shared, apart, expectedApart } = tensors.storedTies;
  const copies: string[] = [];
  const differing: string[] = [];
  for (const name of apart) {
    if (shared !== undefined && (await weights.same(shared, name))) copies.push(name);
    else if (!expectedApart.includes(name))
      differing.push(
        `"${name}" is stored and differs from "${shared}". Although config.json ties the two, it is used as it is stored, as ` +
          'transformers does. Set "tie_word_embeddings" to false if this is meant.',
      );
  }
  const notes = [...differing, ...unused, ...unreadNote(unreadFields)];
  return { weights: copies.length === 0 ? weights : weights.without(copies), notes };
}

/** What is said of fields that nothing reads, in at most one sentence. */
function unreadNote(fields: readonly string[]): string[] {
  if (fields.length === 0) return [];
  const listed = fields.map((name) => `"${name}"`).join(', ');
  return [`config.json says ${listed}, which neither this program nor transformers reads.`];
}
