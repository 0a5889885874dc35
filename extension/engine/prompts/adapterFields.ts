/** Fields of `adapter_config.json` that {@link parseAdapterConfig} reads. */
const read = [
  'peft_type',
  'task_type',
  'num_virtual_tokens',
  'num_transformer_submodules',
  'token_dim',
  'num_layers',
  'num_attention_heads',
  'base_model_name_or_path',
  'revision',
  'modules_to_save',
];

/**
 * Fields that PEFT 0.3 to 0.21 writes for prompt tuning and p-tuning and that change no number of a learned prompt: how it was
 * initialised, how p-tuning's network looked (its output is what is saved), which classes and versions wrote the file.
 */
const withoutEffect = [
  'auto_mapping',
  'inference_mode',
  'peft_version',
  'prompt_tuning_init',
  'prompt_tuning_init_text',
  'tokenizer_kwargs',
  'tokenizer_name_or_path',
  'encoder_reparameterization_type',
  'encoder_hidden_size',
  'encoder_num_layers',
  'encoder_dropout',
];

const known: ReadonlySet<string> = new Set([...read, ...withoutEffect]);

/**
 * The first field that no PEFT up to 0.21 writes for a soft prompt and that is set, such as another method's `target_modules`;
 * undefined where there is none. A field that is null, false or empty asks for nothing.
 */
export function unknownField(config: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(config).find((field) => !known.has(field) && !isUnset(config[field]));
}

function isUnset(value: unknown): boolean {
  if (value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
