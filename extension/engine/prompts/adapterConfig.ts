import type { FrozenModel } from '../models/frozenModel';
import { jsonText } from '../models/jsonText';
import { repeatedKey } from '../models/repeatedKey';
import { unknownField } from './adapterFields';

/** PEFT's word for the kind of a model, in `task_type`. */
export const taskTypes = { causal: 'CAUSAL_LM', 'encoder-decoder': 'SEQ_2_SEQ_LM' } as const;

/** What `adapter_config.json` says of a soft prompt. */
export interface AdapterConfig {
  /** Undefined where there is no `task_type`, as converters write it. */
  readonly kind: FrozenModel['kind'] | undefined;
  /** P. */
  readonly length: number;
  /** The file has P rows for each; undefined where the configuration does not say it. */
  readonly submodules: 1 | 2 | undefined;
  /** D, layers, heads and name of the frozen model, where they are given. */
  readonly width: number | undefined;
  readonly layers: number | null;
  readonly heads: number | null;
  readonly nameOrPath: string | null;
  /** Branch, tag or commit of the frozen model on the hub; null for its main branch. */
  readonly revision: string | null;
  /** Whether PEFT 0.3 may have written it, which had no `revision`. */
  readonly mayBeOld: boolean;
}

const otherMethods: Readonly<Record<string, string>> = {
  PREFIX_TUNING:
    'prefix tuning is not supported yet: its file holds keys and values for every layer, where a soft prompt has one row for each virtual token',
  CARTRIDGE:
    'a cartridge is not supported: its file holds keys and values for every layer, where a soft prompt has one row for each virtual token',
  MULTITASK_PROMPT_TUNING:
    'multitask prompt tuning is not supported yet: its prompt is a product with a part for each task ("prefix_task_cols", ' +
    '"prefix_task_rows"). Save it for one task as "PROMPT_TUNING"',
  CPT: 'context-aware prompt tuning is not supported: its rows are the embeddings of a text and what was learned on top of them',
};

/**
 * Reads the `adapter_config.json` that PEFT 0.3 to 0.21 writes for a soft prompt (`config.py`), and refuses what else is set in it.
 * @param file for messages.
 * @throws Error naming the field that is wrong or not understood, or the method that is not a soft prompt.
 */
export function parseAdapterConfig(bytes: Uint8Array, file: string): AdapterConfig {
  const config = parseObject(bytes, file);
  const wrong = (field: string, expected: string): Error =>
    new Error(`${file}: ${field} is ${shown(config[field])}, not ${expected}`);
  const { peft_type: method } = config;
  if (method !== 'PROMPT_TUNING' && method !== 'P_TUNING') {
    const reason =
      otherMethods[String(method)] ?? 'that is no soft prompt; only "PROMPT_TUNING" and "P_TUNING" can be read';
    throw new Error(
      method === undefined
        ? `${file}: has no peft_type. Add "peft_type": "PROMPT_TUNING" where it is that method's adapter`
        : `${file}: peft_type is ${shown(method)}: ${reason}`,
    );
  }
  const modules = config['modules_to_save'];
  if (modules !== undefined && modules !== null && !(Array.isArray(modules) && modules.length === 0))
    throw wrong('modules_to_save', 'null: the adapter also changes the model, which a soft prompt does not');
  const kind = kindOf(config['task_type'], wrong);
  const unknown = unknownField(config);
  if (unknown !== undefined)
    throw new Error(
      `${file}: ${unknown} is ${shown(config[unknown])}; no PEFT from 0.3 to 0.21 writes this field for a soft prompt, ` +
        'so it may change what the prompt does. Remove it if it is only a remark',
    );
  const count = (field: string): number | null => {
    const value = config[field];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
      throw wrong(field, 'a whole number from 1');
    return value;
  };
  const name = (field: string): string | null => {
    const value = config[field] ?? null;
    if (value !== null && typeof value !== 'string') throw wrong(field, 'a text');
    return value === null || value.trim() === '' ? null : value;
  };
  const length = count('num_virtual_tokens');
  if (length === null)
    throw new Error(`${file}: has no num_virtual_tokens. Add the number of virtual tokens, a whole number from 1`);
  const submodules = count('num_transformer_submodules') ?? undefined;
  if (submodules !== undefined && submodules !== 1 && (submodules !== 2 || kind === 'causal'))
    throw wrong('num_transformer_submodules', kind === 'causal' ? '1' : '1 or 2');
  return {
    kind,
    length,
    submodules,
    width: count('token_dim') ?? undefined,
    layers: count('num_layers'),
    heads: count('num_attention_heads'),
    nameOrPath: name('base_model_name_or_path'),
    revision: name('revision'),
    mayBeOld: !('revision' in config),
  };
}

function kindOf(task: unknown, wrong: (field: string, expected: string) => Error): AdapterConfig['kind'] {
  if (task === undefined || task === null || task === '') return undefined;
  const kind = (['causal', 'encoder-decoder'] as const).find((each) => taskTypes[each] === task);
  if (kind === undefined)
    throw wrong('task_type', '"CAUSAL_LM" or "SEQ_2_SEQ_LM": only prompts of language models can be used');
  return kind;
}

function parseObject(bytes: Uint8Array, file: string): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) throw new Error(`${file}: is empty`);
  let text: string;
  let value: unknown;
  try {
    text = jsonText(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: not JSON (${(error as Error).message})`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${file}: no JSON object`);
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw new Error(`${file}: has ${shown(repeated)} twice. Remove the wrong one`);
  return value as Record<string, unknown>;
}

/** A value as JSON, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 120 ? text : `${text.slice(0, 120)}...`;
}
