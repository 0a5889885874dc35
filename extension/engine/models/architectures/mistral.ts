import { readWindow } from '../attentionWindows';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { llamaFamily } from './llama';

/** Mistral: Jiang et al. 2023, section 2. Llama whose layers see a window of positions only, from version 0.2 on all of them. */
export function mistral(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const window = readWindow(configuration, 4096);
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: false, outputBias: false, norms: 'none' },
    defaults: { maxPositions: 131072 },
    windowOf: () => window,
  });
}
