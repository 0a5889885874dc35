import type { GgufDescription } from './architecture';

/**
 * The fields that config.json has for every Llama-like decoder.
 * @param turnsParts whether the rope may turn only the first part of each head. @throws ModelError where it does, and may not.
 */
export function decoderFields(model: GgufDescription, turnsParts = false): Record<string, unknown> {
  const { name, metadata } = model;
  if (metadata.count(`${name}.expert_count`, 0) > 0)
    metadata.reject(
      `${name}.expert_count`,
      ': a mixture of experts is not supported, every token would cost all of them',
    );
  const width = metadata.count(`${name}.embedding_length`);
  const heads = metadata.count(`${name}.attention.head_count`);
  const headWidth = metadata.count(`${name}.attention.key_length`, width / heads);
  const turned = metadata.count(`${name}.rope.dimension_count`, headWidth);
  if (turned !== headWidth && !turnsParts)
    metadata.reject(
      `${name}.rope.dimension_count`,
      `, which is not supported; supported: the head's width, ${headWidth}`,
    );
  if (metadata.count(`${name}.attention.value_length`, headWidth) !== headWidth)
    metadata.reject(`${name}.attention.value_length`, `, which is not supported; supported: the key's, ${headWidth}`);
  return {
    vocab_size: model.shapeOf('token_embd.weight')?.[0],
    hidden_size: width,
    intermediate_size: metadata.count(`${name}.feed_forward_length`),
    num_hidden_layers: metadata.count(`${name}.block_count`),
    num_attention_heads: heads,
    num_key_value_heads: metadata.count(`${name}.attention.head_count_kv`, heads),
    head_dim: headWidth,
    max_position_embeddings: metadata.count(`${name}.context_length`),
    rms_norm_eps: metadata.number(`${name}.attention.layer_norm_rms_epsilon`),
    rope_theta: metadata.number(`${name}.rope.freq_base`, 10000),
    ...(turnsParts && { partial_rotary_factor: turned / headWidth }),
    tie_word_embeddings: model.shapeOf('output.weight') === undefined,
  };
}

/** The whole set of attention and feed-forward projections that Llama, Qwen and Gemma have under the same names. */
export const projectionNames = {
  'blk.N.attn_v': 'model.layers.N.self_attn.v_proj',
  'blk.N.attn_output': 'model.layers.N.self_attn.o_proj',
  'blk.N.ffn_gate': 'model.layers.N.mlp.gate_proj',
  'blk.N.ffn_up': 'model.layers.N.mlp.up_proj',
  'blk.N.ffn_down': 'model.layers.N.mlp.down_proj',
  token_embd: 'model.embed_tokens',
  output: 'lm_head',
} as const;

/** Queries and keys where llama.cpp leaves their rows in the order of Hugging Face. */
export const plainQueriesAndKeys = {
  'blk.N.attn_q': 'model.layers.N.self_attn.q_proj',
  'blk.N.attn_k': 'model.layers.N.self_attn.k_proj',
} as const;

/**
 * rope_scaling as config.json has it, undefined for none. As in llama.cpp, a factor without a type is linear, `rope.scale_linear` is
 * the older name of the factor, and 0 stands for "not there".
 *
 * @throws ModelError for a kind that is not linear or yarn, and for numbers of YaRN that transformers has no field for.
 */
export function ropeScaling({ name, metadata }: GgufDescription): Record<string, unknown> | undefined {
  const prefix = `${name}.rope.scaling`;
  const type = metadata.text(`${prefix}.type`, 'linear');
  if (type === 'none') return undefined;
  if (type !== 'linear' && type !== 'yarn')
    metadata.reject(`${prefix}.type`, ', which is not supported; supported: none, linear, yarn');
  if (type === 'linear') {
    const stored = metadata.has(`${prefix}.factor`) ? `${prefix}.factor` : `${name}.rope.scale_linear`;
    const factor = metadata.number(stored, 0) || 1;
    return factor === 1 ? undefined : { rope_type: type, factor };
  }
  for (const [key, usual] of Object.entries(usualYarn)) {
    if (metadata.number(`${prefix}.${key}`, usual) !== usual)
      metadata.reject(`${prefix}.${key}`, `, which is not supported; supported: ${usual}`);
  }
  return {
    rope_type: type,
    factor: metadata.number(`${prefix}.factor`),
    original_max_position_embeddings: metadata.count(`${prefix}.original_context_length`),
    beta_fast: metadata.number(`${prefix}.yarn_beta_fast`, 32),
    beta_slow: metadata.number(`${prefix}.yarn_beta_slow`, 1),
  };
}

/** What llama.cpp takes where a file does not say it. */
const usualYarn = { attn_factor: 1, yarn_attn_factor: 1, yarn_ext_factor: 1, yarn_log_multiplier: 0 } as const;
