import { buildLanguageModel } from './architectures/table';
import type { Configuration } from './configuration';
import { FrozenTensors } from './frozenTensors';
import type { LanguageModel } from './languageModel';
import type { Weight } from './weights';

/**
 * The network that a `config.json` announces, before there are any weights: as if every tensor it asks for were there in
 * float32. Good for its sizes and for finding out whether the model is supported; it cannot be run.
 *
 * @throws ModelError for an architecture or a field that is not supported.
 */
export function declaredModel(configuration: Configuration): {
  readonly architecture: string;
  readonly network: LanguageModel;
} {
  const untied = !configuration.flag('tie_word_embeddings', true);
  const announced = {
    // Of tensors that may be one or several, it is the head that makers store apart.
    has: (name: string) => untied && name === 'lm_head.weight',
    get: (name: string, shape: readonly number[]): Weight => {
      const byteLength = shape.reduce((product, length) => product * length, 4);
      return { name, type: 'F32', shape, file: configuration.file, offset: 0, byteLength };
    },
  };
  return buildLanguageModel(configuration, new FrozenTensors(announced));
}
