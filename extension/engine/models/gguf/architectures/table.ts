import type { GgufMetadata } from '../ggufMetadata';
import type { GgufArchitecture } from './architecture';
import { bloom } from './bloom';
import { gemma, gemma2, gemma3 } from './gemma';
import { gpt2 } from './gpt2';
import { gptNeoX } from './gptNeoX';
import { granite, llama, smollm3 } from './llama';
import { olmo2 } from './olmo2';
import { phi3 } from './phi3';
import { qwen2, qwen3 } from './qwen';
import { t5 } from './t5';

/** Every architecture that is read from GGUF, by its general.architecture. */
const architectures: Readonly<Record<string, GgufArchitecture>> = {
  llama,
  qwen2,
  qwen3,
  smollm3,
  granite,
  olmo2,
  phi3,
  gemma,
  gemma2,
  gemma3,
  gpt2,
  gptneox: gptNeoX,
  bloom,
  t5,
};

/** What other GGUF files hold, by their general.type. */
const otherFiles: Readonly<Record<string, string>> = {
  adapter: 'an adapter (LoRA) for a model',
  mmproj: 'the image or sound part beside a model',
  imatrix: 'measurements for quantising a model',
};

/** @throws ModelError for a file that holds no model, and for an architecture that is not in the table. */
export function ggufArchitecture(metadata: GgufMetadata): { readonly name: string; readonly rules: GgufArchitecture } {
  const type = metadata.text('general.type', 'model');
  if (Object.hasOwn(otherFiles, type))
    metadata.reject('general.type', `: it holds ${otherFiles[type]!}, and no model. Choose the GGUF file of the model`);
  const name = metadata.text('general.architecture');
  if (!Object.hasOwn(architectures, name))
    metadata.reject(
      'general.architecture',
      `, which is not supported as GGUF; supported: ${Object.keys(architectures).join(', ')}`,
    );
  return { name, rules: architectures[name]! };
}
