import { type WindowOf, readLayerTypes, readWindow } from '../attentionWindows';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { llamaFamily } from './llama';

/** Qwen2 and Qwen2.5: Yang et al. 2024, section 2.2.1. Llama with biases of query, key and value. */
export function qwen2(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: true, outputBias: false, headNorms: false },
    maxPositions: 32768,
    windowOf: readQwenWindows(configuration),
  });
}

/** Where `use_sliding_window` is on, layers from `max_window_layers` on see a window, unless `layer_types` says which. */
export function readQwenWindows(configuration: Configuration): WindowOf {
  const switchedOn = configuration.flag('use_sliding_window', false);
  const window = switchedOn ? readWindow(configuration, 4096) : undefined;
  const firstWindow = configuration.number('max_window_layers', 28);
  const layers = configuration.count('num_hidden_layers');
  const typeOf = readLayerTypes(configuration, layers, (layer) =>
    window !== undefined && layer >= firstWindow ? 'sliding_attention' : 'full_attention',
  );
  configuration.ignore('sliding_window');
  return (layer) => {
    if (typeOf(layer) === 'full_attention') return undefined;
    if (window === undefined) configuration.reject('layer_types', ', but "use_sliding_window" switches windows off');
    return window;
  };
}
