/** Fields of config.json that change no number that is computed here, whatever they say: bookkeeping, training, generation, other heads. */
const bookkeeping = `
  architectures model_type transformers_version _name_or_path name_or_path _commit_hash torch_dtype dtype license
  _from_model_config is_llama_config transformers.js_config unsloth_version unsloth_fixed output_past use_cache cache_implementation
  tokenizer_class prefix gradient_checkpointing output_hidden_states output_attentions return_dict return_dict_in_generate
  output_scores torchscript use_bfloat16 tf_legacy_loss chunk_size_feed_forward is_decoder n_ctx
  attn_implementation _attn_implementation _attn_implementation_autoset _flash_attn_2_enabled
  pretraining_tp reorder_and_upcast_attn auto_map`;
const training = `
  initializer_range initializer_factor init_std attention_dropout hidden_dropout activation_dropout dropout dropout_rate
  attn_pdrop embd_pdrop resid_pdrop layerdrop classifier_dropout`;
const generation = `
  bos_token_id eos_token_id pad_token_id sep_token_id decoder_start_token_id forced_bos_token_id forced_eos_token_id
  max_length min_length max_new_tokens do_sample early_stopping num_beams num_beam_groups diversity_penalty temperature
  top_k top_p typical_p repetition_penalty length_penalty no_repeat_ngram_size encoder_no_repeat_ngram_size bad_words_ids
  num_return_sequences remove_invalid_values exponential_decay_length_penalty suppress_tokens begin_suppress_tokens
  task_specific_params`;
const otherHeads = `
  finetuning_task id2label label2id num_labels _num_labels problem_type
  summary_activation summary_first_dropout summary_proj_to_labels summary_type summary_use_proj`;
const harmless: ReadonlySet<string> = new Set(
  [bookkeeping, training, generation, otherHeads].flatMap((names) => names.trim().split(/\s+/)),
);

/** Fields that change nothing as long as they say this. */
const switchedOff: Readonly<Record<string, string>> = {
  add_cross_attention: 'false',
  is_encoder_decoder: 'false',
  tie_encoder_decoder: 'false',
  pruned_heads: '{}',
  rope_interleaved: 'false',
  use_mrope: 'false',
};

/** Whether a field of config.json that an architecture did not ask for can be passed over. */
export function changesNothing(name: string, value: unknown): boolean {
  return harmless.has(name) || switchedOff[name] === JSON.stringify(value);
}
