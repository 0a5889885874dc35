import { buildLanguageModel } from './architectures/table';
import type { Configuration } from './configuration';
import { FrozenTensors } from './frozenTensors';
import type { Weight } from './weights';

/**
 * The network that a `config.json` announces, before there are any weights: as if every tensor it asks for were there in
 * float32. Good for its sizes and for finding out whether the model is supported; it cannot be run.
 *
 * @throws ModelError for an architecture or a field that is not supported.
 */
export function declaredModel(configuration: Configuration): ReturnType<typeof buildLanguageModel> {
  const untied = !configuration.flag('tie_word_embeddings', true);
  // Of tensors that may be one or several: T5's embeddings, which also serve encoder and decoder, and the head that makers store apart.
  const stored = ['shared.weight', ...(untied ? ['lm_head.weight'] : [])];
  const announced = {
    has: (name: string) => stored.includes(name),
    get: (name: string, shape: readonly number[]): Weight => {
      const byteLength = shape.reduce((product, length) => product * length, 4);
      return { name, type: 'F32', shape, file: configuration.file, offset: 0, byteLength };
    },
  };
  return buildLanguageModel(configuration, new FrozenTensors(announced));
}
