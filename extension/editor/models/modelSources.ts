import type { ModelSource } from '../../protocol/models';

/** The places where models are found, in the order in which they are shown. */
export const modelSources: readonly ModelSource[] = [
  'bundled',
  'hub',
  'ollama',
  'lm-studio',
  'llama-cpp',
  'folder',
  'gguf',
  'unpacked',
];
