import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { t5Family } from './t5';

/** mT5: Xue et al. 2021, section 3. T5 version 1.1 for many languages; its output is never scaled. */
export function mt5(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const tied = configuration.flag('tie_word_embeddings', true);
  return t5Family(configuration, tensors, { feedForward: 'gated-gelu', scaledOutput: false, tied });
}
