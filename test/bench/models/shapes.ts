/** Configurations of the models that are measured, as their config.json has them. */
export const shapes = {
  /** SmolLM2-135M. */
  smollm2: {
    ...{ model_type: 'llama', architectures: ['LlamaForCausalLM'], hidden_act: 'silu', tie_word_embeddings: true },
    ...{ hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30, num_attention_heads: 9 },
    ...{ num_key_value_heads: 3, vocab_size: 49152, max_position_embeddings: 2048, rms_norm_eps: 1e-5 },
    ...{ rope_theta: 100_000, bos_token_id: 1, eos_token_id: 2 },
  },
  /** T5 v1.1 small. */
  t5Small: {
    ...{ model_type: 't5', architectures: ['T5ForConditionalGeneration'], is_encoder_decoder: true },
    ...{ d_model: 512, d_kv: 64, d_ff: 1024, num_heads: 6, num_layers: 8, num_decoder_layers: 8, vocab_size: 32128 },
    ...{ feed_forward_proj: 'gated-gelu', tie_word_embeddings: false, relative_attention_num_buckets: 32 },
    ...{ decoder_start_token_id: 0, pad_token_id: 0, eos_token_id: 1, dropout_rate: 0 },
  },
} as const;

export type ShapeName = keyof typeof shapes;
