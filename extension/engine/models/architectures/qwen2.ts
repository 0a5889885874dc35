import { type WindowOf, readSwitchedWindows } from '../attentionWindows';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { llamaFamily } from './llama';

/** Qwen2 and Qwen2.5: Yang et al. 2024, section 2.2.1. Llama with biases of query, key and value. */
export function qwen2(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: true, outputBias: false, norms: 'none' },
    defaults: { maxPositions: 32768 },
    windowOf: readQwenWindows(configuration),
  });
}

/** Where `use_sliding_window` is on, layers from `max_window_layers` on see a window, unless `layer_types` says which. */
export function readQwenWindows(configuration: Configuration): WindowOf {
  const firstWindow = configuration.number('max_window_layers', 28);
  return readSwitchedWindows(configuration, 4096, (layer) => layer >= firstWindow);
}
