import type { Configuration } from '../configuration';
import { effectOf } from '../fieldsWithoutEffect';
import type { FrozenTensors } from '../frozenTensors';
import type { Architecture, LanguageModel } from '../languageModel';
import { bart } from './bart';
import { bloom } from './bloom';
import { gemma } from './gemma';
import { gemma2 } from './gemma2';
import { gemma3, gemma3Text } from './gemma3';
import { gpt2 } from './gpt2';
import { gptj } from './gptj';
import { gptNeo } from './gptNeo';
import { gptNeox } from './gptNeox';
import { granite } from './granite';
import { llama } from './llama';
import { mistral } from './mistral';
import { mt5 } from './mt5';
import { olmo2 } from './olmo2';
import { opt } from './opt';
import { phi3 } from './phi3';
import { qwen2 } from './qwen2';
import { qwen3 } from './qwen3';
import { smollm3 } from './smollm3';
import { t5 } from './t5';

/** Every architecture there is, by `model_type` of its config.json. */
const architectures = {
  bart,
  bloom,
  gemma,
  gemma2,
  gemma3,
  gemma3_text: gemma3Text,
  gpt2,
  gptj,
  gpt_neo: gptNeo,
  gpt_neox: gptNeox,
  granite,
  llama,
  mistral,
  mt5,
  olmo2,
  opt,
  phi3,
  qwen2,
  qwen3,
  smollm3,
  t5,
} satisfies Record<string, Architecture>;

/** Mixtures of experts that people have, by `model_type`, each with its dense relative. */
const mixtures: Readonly<Record<string, string>> = {
  granitemoe: 'granite',
  mixtral: 'mistral',
  olmoe: 'olmo2',
  phimoe: 'phi3',
  qwen2_moe: 'qwen2',
  qwen3_moe: 'qwen3',
};

/**
 * A graph is the same for every token, so it would compute all experts where the model's own code computes a few: Qwen3-30B-A3B would cost
 * what a dense model of 30 billion parameters costs. @throws ModelError for a mixture of experts.
 */
function refuseMixtures(configuration: Configuration): void {
  const found = Object.keys(mixtures).find((each) => configuration.is('model_type', each));
  if (found !== undefined)
    configuration.reject(
      'model_type',
      `, a mixture of experts, which is not supported: every token would cost all of its experts. A dense relative is supported: ${mixtures[found]!}`,
    );
}

/**
 * The network that a model folder's config.json describes.
 * @throws ModelError for one that is not in the table, or that has a field which nothing here understands.
 */
export function buildLanguageModel(
  configuration: Configuration,
  tensors: FrozenTensors,
): { readonly architecture: string; readonly network: LanguageModel; readonly unreadFields: readonly string[] } {
  refuseMixtures(configuration);
  const architecture = configuration.choice('model_type', Object.keys(architectures) as (keyof typeof architectures)[]);
  const network = architectures[architecture](configuration, tensors);
  const unreadFields = configuration.refuseOthers(effectOf);
  return { architecture, network, unreadFields };
}

/** The values of `model_type` that are supported. */
export const supportedArchitectures: readonly string[] = Object.keys(architectures);
