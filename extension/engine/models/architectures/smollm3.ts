import { readSwitchedWindows } from '../attentionWindows';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { llamaFamily } from './llama';

/**
 * SmolLM3: Bakouch et al. 2025 (blog post "SmolLM3"), after Yang et al. 2025, "RoPE to NoPE and Back Again". Llama in which every fourth layer
 * knows no positions.
 */
export function smollm3(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const biased = configuration.flag('attention_bias', false);
  const turnsIn = readTurningLayers(configuration);
  configuration.ignore('max_window_layers');
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: biased, outputBias: biased, norms: 'none' },
    feedForwardBiases: configuration.flag('mlp_bias', false),
    defaults: { maxPositions: 32768, theta: 2e6, tied: true, endToken: 128001 },
    turnsIn,
    windowOf: readSwitchedWindows(configuration, undefined, (layer) => !turnsIn(layer)),
  });
}

/** Which layers turn queries and keys: those with a 1 in `no_rope_layers`, or all but every so many-th. */
function readTurningLayers(configuration: Configuration): (layer: number) => boolean {
  const interval = configuration.count('no_rope_layer_interval', 4);
  const layers = configuration.count('num_hidden_layers');
  const listed = configuration.numbers('no_rope_layers');
  if (listed === undefined) return (layer) => (layer + 1) % interval !== 0;
  if (listed.length < layers)
    configuration.reject('no_rope_layers', `, it must have a number for each of the ${layers} layers`);
  return (layer) => listed[layer] !== 0;
}
