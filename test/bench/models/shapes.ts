const t5 = {
  ...{ model_type: 't5', architectures: ['T5ForConditionalGeneration'], is_encoder_decoder: true },
  ...{ feed_forward_proj: 'gated-gelu', tie_word_embeddings: false, relative_attention_num_buckets: 32 },
  ...{ decoder_start_token_id: 0, pad_token_id: 0, eos_token_id: 1, dropout_rate: 0 },
} as const;
const llama = {
  ...{ model_type: 'llama', architectures: ['LlamaForCausalLM'], hidden_act: 'silu', tie_word_embeddings: true },
  ...{ max_position_embeddings: 2048, rms_norm_eps: 1e-5, bos_token_id: 1, eos_token_id: 2 },
} as const;

/** Configurations of the models that are measured, as their config.json has them. */
export const shapes = {
  /** SmolLM2-135M. */
  smollm2: {
    ...llama,
    ...{ hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30, num_attention_heads: 9 },
    ...{ num_key_value_heads: 3, vocab_size: 49152, rope_theta: 100_000 },
  },
  /** As large as Llama 3.2 1B: 1.2 billion parameters. */
  llama1b: {
    ...llama,
    ...{ hidden_size: 2048, intermediate_size: 8192, num_hidden_layers: 16, num_attention_heads: 32 },
    ...{ num_key_value_heads: 8, vocab_size: 128_256, rope_theta: 500_000 },
  },
  /** T5 v1.1 small. */
  t5Small: { ...t5, ...{ d_model: 512, d_kv: 64, d_ff: 1024, num_heads: 6, vocab_size: 32128 }, ...layersOf(8) },
  /** T5 v1.1 base. */
  t5Base: { ...t5, ...{ d_model: 768, d_kv: 64, d_ff: 2048, num_heads: 12, vocab_size: 32128 }, ...layersOf(12) },
  /** Two layers each: whether everything runs, not how fast. */
  llamaTiny: {
    ...llama,
    ...{ hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2, num_attention_heads: 2 },
    ...{ num_key_value_heads: 1, vocab_size: 128, rope_theta: 10_000 },
  },
  t5Tiny: { ...t5, ...{ d_model: 32, d_kv: 16, d_ff: 64, num_heads: 2, vocab_size: 128 }, ...layersOf(2) },
} as const;

export type ShapeName = keyof typeof shapes;

function layersOf(count: number): { readonly num_layers: number; readonly num_decoder_layers: number } {
  return { num_layers: count, num_decoder_layers: count };
}
