import type { FrozenModel } from '../models/frozenModel';

/** PEFT's word for the kind of a model, in `task_type`. */
export const taskTypes = { causal: 'CAUSAL_LM', 'encoder-decoder': 'SEQ_2_SEQ_LM' } as const;

/** What `adapter_config.json` says of a soft prompt. */
export interface AdapterConfig {
  readonly kind: FrozenModel['kind'];
  /** P. */
  readonly length: number;
  /** The file has P rows for each; of two only the first is ever used. */
  readonly submodules: 1 | 2;
  /** D, layers, heads and name of the frozen model, where they are given. */
  readonly width: number | undefined;
  readonly layers: number | null;
  readonly heads: number | null;
  readonly nameOrPath: string | null;
}

const otherMethods: Readonly<Record<string, string>> = {
  PREFIX_TUNING:
    'prefix tuning is not supported yet: its file holds keys and values for every layer, where a soft prompt has one row for each virtual token',
  MULTITASK_PROMPT_TUNING:
    'multitask prompt tuning is not supported yet: its prompt is a product with a part for each task. Save it for one task as "PROMPT_TUNING"',
};

/**
 * Reads PEFT's `adapter_config.json` (peft 0.21, `config.py`) as far as a soft prompt needs it; unknown fields are PEFT's own business.
 * @param file for messages.
 * @throws Error naming the field that is wrong or the method that is not a soft prompt.
 */
export function parseAdapterConfig(bytes: Uint8Array, file: string): AdapterConfig {
  const config = parseObject(bytes, file);
  const wrong = (field: string, expected: string): Error =>
    new Error(`${file}: ${field} is ${JSON.stringify(config[field])}, not ${expected}`);
  const { peft_type: method, task_type: task, base_model_name_or_path: nameOrPath = null } = config;
  if (method !== 'PROMPT_TUNING' && method !== 'P_TUNING') {
    const reason =
      otherMethods[String(method)] ?? 'that is no soft prompt; only "PROMPT_TUNING" and "P_TUNING" can be read';
    throw new Error(`${file}: peft_type is ${JSON.stringify(method)}: ${reason}`);
  }
  const kind = (['causal', 'encoder-decoder'] as const).find((each) => taskTypes[each] === task);
  if (kind === undefined) throw wrong('task_type', '"CAUSAL_LM" or "SEQ_2_SEQ_LM"');
  const modules = config['modules_to_save'];
  if (modules !== undefined && modules !== null && !(Array.isArray(modules) && modules.length === 0))
    throw wrong('modules_to_save', 'null: the adapter also changes the model, which a soft prompt does not');
  const count = (field: string): number | null => {
    const value = config[field];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
      throw wrong(field, 'a whole number from 1');
    return value;
  };
  const length = count('num_virtual_tokens');
  if (length === null) throw wrong('num_virtual_tokens', 'a whole number from 1');
  // PEFT's default is two where there are an encoder and a decoder.
  const submodules = count('num_transformer_submodules') ?? (kind === 'causal' ? 1 : 2);
  if (submodules !== 1 && (submodules !== 2 || kind === 'causal'))
    throw wrong('num_transformer_submodules', kind === 'causal' ? '1' : '1 or 2');
  if (nameOrPath !== null && typeof nameOrPath !== 'string') throw wrong('base_model_name_or_path', 'a text');
  return {
    kind,
    length,
    submodules,
    width: count('token_dim') ?? undefined,
    layers: count('num_layers'),
    heads: count('num_attention_heads'),
    nameOrPath,
  };
}

function parseObject(bytes: Uint8Array, file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new Error(`${file}: not JSON (${(error as Error).message})`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${file}: no JSON object`);
  return value as Record<string, unknown>;
}
