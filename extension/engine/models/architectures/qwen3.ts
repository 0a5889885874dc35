import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { llamaFamily } from './llama';
import { readQwenWindows } from './qwen2';

/** Qwen3, dense: Yang et al. 2025, section 2. Llama with an RMS norm over each head of queries and keys before they are turned. */
export function qwen3(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const biased = configuration.flag('attention_bias', false);
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: biased, outputBias: biased, norms: 'heads' },
    defaults: { headWidth: 128, maxPositions: 32768 },
    windowOf: readQwenWindows(configuration),
  });
}
