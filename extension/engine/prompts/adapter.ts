import type { FrozenModel } from '../models/frozenModel';
import { parseAdapterConfig, taskTypes } from './adapterConfig';
import { promptTensor, readPromptMatrix } from './promptMatrix';
import { encodeTensors } from './tensorFile';

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
export interface Adapter extends Omit<AdapterModel, 'kind'> {
  /** Undefined where the adapter does not say it. */
  readonly kind: AdapterModel['kind'] | undefined;
  /** [P, D] row-major. */
  readonly prompt: Float32Array;
  /** P. */
  readonly length: number;
  /** What a person should know of how it was read, a sentence each. */
  readonly remarks: readonly string[];
}

/**
 * Reads an adapter that this program or PEFT 0.3 to 0.21 wrote for prompt tuning (also p-tuning, which saves the learned prompt
 * itself). Of an encoder-decoder adapter with two submodules the first P rows are taken: PEFT does not use the others.
 * @param folder for messages.
 * @throws Error saying what is wrong with which file.
 */
export function readAdapter(files: Readonly<Record<string, Uint8Array>>, folder: string): Adapter {
  const configFile = `${folder}/${adapterConfigFile}`;
  const config = parseAdapterConfig(requiredFile(files, adapterConfigFile, folder), configFile);
  const { length, layers, heads, nameOrPath, revision, mayBeOld } = config;
  const file = `${folder}/${adapterWeightsFile}`;
  const matrix = readPromptMatrix(requiredFile(files, adapterWeightsFile, folder), file);
  const { rows, width } = matrix;
  // Where it is not said, the rows say it: PEFT's default is two where there are an encoder and a decoder.
  const submodules = config.submodules ?? (rows === 2 * length && config.kind !== 'causal' ? 2 : 1);
  if (rows !== length * submodules) {
    throw new Error(
      `${folder}: the weights have ${rows} rows, but the configuration says ${length} virtual tokens in ${submodules} submodule(s)`,
    );
  }
  if (width !== (config.width ?? width)) {
    throw new Error(`${folder}: the weights have width ${width}, but the configuration says token_dim ${config.width}`);
  }
  return {
    // Only an encoder and a decoder make two.
    kind: config.kind ?? (submodules === 2 ? 'encoder-decoder' : undefined),
    ...{ layers, heads, nameOrPath, length, width },
    prompt: matrix.data.slice(0, length * width),
    remarks: [
      ...(matrix.name === promptTensor ? [] : [`${file}: the prompt is read from its tensor "${matrix.name}".`]),
      ...(submodules === 2
        ? [
            `${file}: holds ${rows} rows for ${length} virtual tokens; only the first ${length} are used, as in PEFT${mayBeOld ? ' since 0.4; PEFT 0.3 put the others in front of the decoder' : ''}.`,
          ]
        : []),
      ...(revision === null || revision === 'main'
        ? []
        : [`${configFile}: the prompt was learned with revision "${revision}" of its model.`]),
    ],
  };
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
