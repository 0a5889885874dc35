import type { FrozenModel } from '../models/frozenModel';
import { parseAdapterConfig, taskTypes } from './adapterConfig';
import { decodeTensors, encodeTensors } from './tensorFile';

/** Names of the two files that make an adapter folder. */
export const adapterConfigFile = 'adapter_config.json';
export const adapterWeightsFile = 'adapter_model.safetensors';
/** The weights as PEFT wrote them once, a pickle. */
export const pickledWeightsFile = 'adapter_model.bin';

/** What an adapter says about the model it belongs to. */
export interface AdapterModel extends Pick<FrozenModel, 'kind' | 'width'> {
  /** Null where they are not known; PEFT then takes them from the model. */
  readonly layers: number | null;
  readonly heads: number | null;
  /** Where a loader finds the frozen model: a folder or a hub id; null when it is to be given by hand. */
  readonly nameOrPath: string | null;
}

const promptTensor = 'prompt_embeddings';

/**
 * A soft prompt as the two files that PEFT 0.21 itself writes for prompt tuning, byte for byte.
 * @param prompt [P, D] row-major.
 */
export function adapterFiles(prompt: Float32Array, model: AdapterModel): Record<string, Uint8Array> {
  const length = prompt.length / model.width;
  if (!Number.isInteger(length)) throw new Error(`${prompt.length} numbers are no prompt of width ${model.width}`);
  // Sorted keys, as PEFT sorts them. One transformer submodule: PEFT's default of two for encoder-decoders would store 2P rows
  // of which it uses P. "RANDOM", because a text would have to be tokenised again when the adapter is loaded.
  const config = {
    auto_mapping: null,
    base_model_name_or_path: model.nameOrPath,
    inference_mode: true,
    modules_to_save: null,
    num_attention_heads: model.heads,
    num_layers: model.layers,
    num_transformer_submodules: 1,
    num_virtual_tokens: length,
    peft_type: 'PROMPT_TUNING',
    peft_version: '0.21.0',
    prompt_tuning_init: 'RANDOM',
    prompt_tuning_init_text: null,
    revision: null,
    task_type: taskTypes[model.kind],
    token_dim: model.width,
    tokenizer_kwargs: null,
    tokenizer_name_or_path: null,
  };
  return {
    [adapterConfigFile]: Buffer.from(asciiJson(config), 'ascii'),
    [adapterWeightsFile]: encodeTensors({ [promptTensor]: { shape: [length, model.width], data: prompt } }),
  };
}

/** An adapter as read: the prompt and what its configuration says of the model. */
export interface Adapter extends AdapterModel {
  /** [P, D] row-major. */
  readonly prompt: Float32Array;
  /** P. */
  readonly length: number;
}

/**
 * Reads an adapter that this program or PEFT wrote for prompt tuning (also p-tuning, which saves the learned prompt itself).
 * Of an encoder-decoder adapter with two submodules the first P rows are taken: the others are never used.
 * @param folder for messages.
 * @throws Error saying what is wrong with which file.
 */
export function readAdapter(files: Readonly<Record<string, Uint8Array>>, folder: string): Adapter {
  const {
    length,
    submodules,
    width: declared,
    ...config
  } = parseAdapterConfig(requiredFile(files, adapterConfigFile, folder), `${folder}/${adapterConfigFile}`);
  const file = `${folder}/${adapterWeightsFile}`;
  const tensor = decodeTensors(requiredFile(files, adapterWeightsFile, folder), file)[promptTensor];
  if (tensor?.shape.length !== 2) throw new Error(`${file}: no matrix "${promptTensor}" in it`);
  const [rows, width] = tensor.shape as [number, number];
  if (rows !== length * submodules) {
    throw new Error(
      `${folder}: the weights have ${rows} rows, but the configuration says ${length} virtual tokens in ${submodules} submodule(s)`,
    );
  }
  if (width === 0 || width !== (declared ?? width)) {
    throw new Error(`${folder}: the weights have width ${width}, but the configuration says token_dim ${declared}`);
  }
  return { ...config, length, width, prompt: Float32Array.from(tensor.data.subarray(0, length * width)) };
}

/** The file's bytes. @throws Error when the folder has no such file. */
export function requiredFile(files: Readonly<Record<string, Uint8Array>>, name: string, folder: string): Uint8Array {
  const bytes = files[name];
  if (!bytes) throw new Error(`${folder}: there is no ${name} in it`);
  return bytes;
}

/** JSON with two spaces and only ASCII, as Python's `json.dumps(value, indent=2)` writes it. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
