import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { Architecture, LanguageModel } from '../languageModel';
import { llama } from './llama';
import { t5 } from './t5';

/** Every architecture there is, by `model_type` of its config.json. */
const architectures = { llama, t5 } satisfies Record<string, Architecture>;

/** The network that a model folder's config.json describes. @throws ModelError for one that is not in the table. */
export function buildLanguageModel(
  configuration: Configuration,
  tensors: FrozenTensors,
): { readonly architecture: string; readonly network: LanguageModel } {
  const architecture = configuration.choice('model_type', Object.keys(architectures) as (keyof typeof architectures)[]);
  return { architecture, network: architectures[architecture](configuration, tensors) };
}

/** The values of `model_type` that are supported. */
export const supportedArchitectures: readonly string[] = Object.keys(architectures);
