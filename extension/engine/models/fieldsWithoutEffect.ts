import { fieldsOfTransformers } from './fieldsOfTransformers';

/**
 * Fields of config.json that change no number that is computed here, whatever they say. Each was looked up in transformers 5.24: no code of
 * a supported model computes with it, or only while it trains, writes texts or classifies.
 */
const bookkeeping = `
  architectures model_type transformers_version _name_or_path name_or_path _commit_hash torch_dtype dtype params_dtype
  precision fp16 bf16 fp32 use_bfloat16 license license_name license_link language tags library_name pipeline_tag auto_map
  custom_pipelines _auto_class _from_auto _diffusers_version _from_model_config is_llama_config transformers.js_config
  transformers_weights unsloth_version unsloth_fixed model_name model_id base_model original_model parent_model
  num_parameters total_params n_params output_past trust_remote_code remote_code
  n_special predict_special_tokens`;
const tokenizing = `
  tokenizer_class tokenizer_path tokenizer_name tokenizer_type prefix vocab_file model_max_length max_sequence_length
  max_seq_length max_seq_len max_position max_text_length seq_length sequence_length tokenizer_model_max_length n_ctx
  padding_side truncation_side tokenizer_padding_side pad_token bos_token eos_token unk_token chat_template`;
/** How something is computed, not what. */
const running = `
  use_cache cache_implementation cache_config return_dict use_return_dict output_hidden_states output_attentions
  _output_attentions output_router_logits torchscript tf_legacy_loss chunk_size_feed_forward is_decoder onnx_safe
  attn_implementation _attn_implementation _attn_implementation_internal _attn_implementation_autoset attn_impl
  _experts_implementation _experts_implementation_internal _flash_attn_2_enabled use_flash_attn use_flash_attn_2
  use_flash_attention use_flash_attention_2 flash_attn use_sdpa use_xformers use_kernels use_fused_rope use_fused_rmsnorm
  use_fused_swiglu fused_mlp fuse_cross_entropy fused_bias_fc fused_dropout_add_ln fuse_attention_qkv fuse_attention_ffn
  softmax_in_fp32 attention_softmax_in_fp32 pretraining_tp reorder_and_upcast_attn tensor_parallel_degree
  tensor_parallel_output sequence_parallel max_window_layers device_map load_in_8bit load_in_4bit _load_in_8bit _load_in_4bit
  _pre_quantization_dtype use_cache_quantization use_cache_kernel kv_cache_dtype`;
const training = `
  initializer_range initializer_factor initializer_std init_std init_device init_config gradient_checkpointing
  gradient_checkpointing_kwargs use_gradient_checkpointing use_reentrant activation_checkpointing recompute
  layerdrop encoder_layerdrop decoder_layerdrop neftune_noise_alpha label_smoothing label_smoothing_factor loss_type
  ignore_index router_aux_loss_coef router_z_loss_coef aux_loss_coef z_loss z_loss_weight use_cut_cross_entropy
  learning_rate weight_decay warmup_steps batch_size num_train_epochs seed max_grad_norm`;
const generation = `
  decoder_start_token_id forced_decoder_ids max_length min_length max_new_tokens min_new_tokens max_time do_sample
  early_stopping num_beams num_beam_groups diversity_penalty temperature top_k top_p top_h min_p typical_p epsilon_cutoff
  eta_cutoff repetition_penalty encoder_repetition_penalty length_penalty penalty_alpha no_repeat_ngram_size
  encoder_no_repeat_ngram_size bad_words_ids force_words_ids constraints stop_strings stop_token_ids sequence_bias
  guidance_scale low_memory num_return_sequences remove_invalid_values renormalize_logits
  exponential_decay_length_penalty suppress_tokens begin_suppress_tokens output_scores output_logits
  return_dict_in_generate task_specific_params generation_config generation_max_length watermarking_config
  token_healing dola_layers prompt_lookup_num_tokens num_assistant_tokens num_assistant_tokens_schedule use_mtp
  compile_config disable_compile max_window_size chat_format`;
const otherHeads = `
  finetuning_task id2label label2id num_labels _num_labels problem_type classifier_activation pooler_type pooling
  pooling_mode classifier_bias num_nextn_predict_layers num_mtp_layers mtp_num_layers mm_tokens_per_image`;
const harmless: ReadonlySet<string> = new Set(
  [bookkeeping, tokenizing, running, training, generation, otherHeads].flatMap((names) => names.trim().split(/\s+/)),
);

/** The same by the look of their names: what is dropped while training, ids of special tokens, notes of tools, other heads and inputs. */
const harmlessKind =
  /dropout|(_|^)drop_(rate|path\w*)$|_pdrop$|_token_ids?$|_token_index$|^(unsloth|axolotl|mergekit|torchtune|trl|vllm|sglang|onnx|quark|mlx|llamafactory)_|^_?(training|train|dataset|datasets|wandb|peft)_|^summary_|^(vision|image|audio|video)_/;

/** Fields that change nothing as long as they say one of these. */
const switchedOff: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(
    [
      ...['add_cross_attention', 'is_encoder_decoder', 'tie_encoder_decoder', 'rope_interleaved', 'use_mrope', 'alibi'],
      ...[
        'attention_bias',
        'attention_out_bias',
        'mlp_bias',
        'qkv_bias',
        'use_bias',
        'use_bias_in_attn',
        'add_qkv_bias',
      ],
      ...['use_qk_norm', 'qk_norm', 'qk_layernorm', 'use_qkv_bias', 'bias', 'lm_head_bias', 'use_sliding_window'],
      ...['multi_query', 'parallel_attn', 'use_parallel_residual', 'use_bidirectional_attention', 'is_bidirectional'],
      ...[
        'use_moe',
        'use_logn_attn',
        'use_dynamic_ntk',
        'logn_attn',
        'prefix_lm',
        'scale_embeddings',
        'scale_embedding',
      ],
      ...[
        'post_norm',
        'use_post_norm',
        'apply_residual_connection_post_layernorm',
        'use_lora',
        'use_mamba',
        'use_alibi',
      ],
      ...['embed_layer_norm', 'share_layers', 'cross_layer_sharing', 'is_matryoshka', 'quantized'],
    ].map((name) => [name, [false]] as const),
  ),
  ...Object.fromEntries(
    ['num_experts', 'num_local_experts', 'n_routed_experts', 'n_shared_experts', 'first_k_dense_replace'].map(
      (name) => [name, [0]] as const,
    ),
  ),
  ...Object.fromEntries(
    ['embedding_multiplier', 'residual_multiplier', 'logits_scaling', 'logit_scale', 'rope_ratio', 'scale_emb'].map(
      (name) => [name, [1]] as const,
    ),
  ),
  is_causal: [true],
  causal: [true],
  use_rope: [true],
  use_rms_norm: [true],
  rope_pct: [1],
  rotary_pct: [1],
  partial_rotary_factor: [1],
  position_embedding_type: ['rope', 'rotary'],
  norm_type: ['rms_norm', 'rmsnorm'],
};

/**
 * Words of names that may speak of what a network computes. A field with such a name that nothing here knows is refused even where
 * transformers reads it nowhere: it may be read by code of the model's own.
 */
const speaksOfComputing =
  /rope|rotary|alibi|nope|ntk|yarn|pos|attn|attention|head|norm|bias|scal|multipl|factor|ratio|cap|clip|window|sliding|sparse|expert|moe|rout|layer|block|resid|act|gate|glu|mask|causal|direction|embed|logit|quant|bit|lora|adapter|prun|share|tie|mup|ffn|mlp|hidden|width|dim|size|depth|conv|ssm|mamba|kv|qk|query|key|value|eps|theta|base|beta|alpha|mix|skip|cross|encoder|decoder|vocab|kernel|stride|compress|rank|group|recur|memory|chunk|temperature|softmax|output|input|parallel|merge|train|type|mode|fusion|num_|n_/;

/** What is known of a field that an architecture did not ask for. */
export type Effect = 'none' | 'unread' | 'unknown';

/**
 * Whether a field of config.json that an architecture did not ask for can be passed over: `none` where it is known to change nothing, `unread`
 * where no code of transformers reads a field of that name and nothing about the name speaks of computing, else `unknown`.
 * @param path of the object that the field lies in, such as "rope_scaling."; empty at the top.
 */
export function effectOf(name: string, value: unknown, path = ''): Effect {
  if (harmless.has(name) || harmlessKind.test(name)) return 'none';
  if (isSwitchedOff(name, value)) return 'none';
  return speaksOfComputing.test(path + name) || fieldsOfTransformers.has(name) ? 'unknown' : 'unread';
}

function isSwitchedOff(name: string, value: unknown): boolean {
  if (name === 'layer_types') return Array.isArray(value) && value.every((each) => each === 'full_attention');
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return Object.hasOwn(switchedOff, name) && switchedOff[name]!.includes(value);
}
