import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { llamaFamily } from './llama';

/**
 * OLMo 2: OLMo et al. 2024, section 3.1. Llama whose norms stand behind attention and feed-forward network, and with norms over all queries
 * and all keys of a position.
 */
export function olmo2(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const biased = configuration.flag('attention_bias', false);
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: biased, outputBias: biased, norms: 'all heads' },
    defaults: { epsilon: 1e-5, endToken: 50279 },
    norms: 'behind',
  });
}
