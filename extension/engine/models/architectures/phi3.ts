import { readWindow } from '../attentionWindows';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { llamaFamily } from './llama';

/**
 * Phi-3, Phi-3.5 and Phi-4-mini: Abdin et al. 2024, section 2. Llama whose checkpoints keep queries, keys and values in one matrix, gate and up
 * in another; LongRoPE, on the first part of each head where config.json says so.
 */
export function phi3(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  for (const field of ['attention_bias', 'mlp_bias', 'lm_head_bias'])
    configuration.refuse(field, false, 'a bias in Phi-3');
  // Of Phi-4-mini's own code; transformers reads neither.
  configuration.ignore('full_attn_mod', 'interpolate_factor');
  const window = readWindow(configuration, undefined);
  return llamaFamily(configuration, tensors, {
    attention: { fused: true, inwardBiases: false, outputBias: false, norms: 'none' },
    defaults: { maxPositions: 4096, epsilon: 1e-5, endToken: 32000 },
    // Older files call LongRoPE otherwise, and transformers takes their "yarn" for it too.
    rope: {
      kinds: { default: 'default', longrope: 'longrope', su: 'longrope', yarn: 'longrope' },
      trainedPositions: configuration.count('original_max_position_embeddings', 4096),
    },
    turnsParts: true,
    windowOf: () => window,
  });
}
