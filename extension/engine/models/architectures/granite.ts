import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { llamaFamily } from './llama';

/**
 * Granite 3, dense: Granite Team 2024, section 2. Llama with four factors. That of the embeddings stands behind the embedding module, so the
 * soft prompt gets it too.
 */
export function granite(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const biased = configuration.flag('attention_bias', false);
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: biased, outputBias: biased, norms: 'none' },
    feedForwardBiases: configuration.flag('mlp_bias', false),
    multipliers: {
      input: configuration.number('embedding_multiplier', 1),
      scores: configuration.number('attention_multiplier', 1),
      residual: configuration.number('residual_multiplier', 1),
      logitsDivisor: configuration.positive('logits_scaling', 1),
    },
  });
}
