import type { CheckpointNames, GgufArchitecture, GgufDescription } from './architecture';

/** T5 1.0, 1.1 and Flan. */
export const t5: GgufArchitecture = {
  configuration({ name, metadata, shapeOf }) {
    const width = metadata.count(`${name}.embedding_length`);
    const heads = metadata.count(`${name}.attention.head_count`);
    const layers = metadata.count(`${name}.block_count`);
    return {
      model_type: 't5',
      architectures: ['T5ForConditionalGeneration'],
      is_encoder_decoder: true,
      vocab_size: shapeOf('token_embd.weight')?.[0],
      d_model: width,
      d_kv: metadata.count(`${name}.attention.key_length`, width / heads),
      d_ff: metadata.count(`${name}.feed_forward_length`),
      num_layers: layers,
      num_decoder_layers: metadata.count(`${name}.decoder_block_count`, layers),
      num_heads: heads,
      n_positions: metadata.count(`${name}.context_length`),
      relative_attention_num_buckets: metadata.count(`${name}.attention.relative_buckets_count`, 32),
      // GGUF has no field for it; llama.cpp takes 128 for every T5.
      relative_attention_max_distance: 128,
      layer_norm_epsilon: metadata.number(`${name}.attention.layer_norm_rms_epsilon`, 1e-6),
      feed_forward_proj: isGated(shapeOf) ? 'gated-gelu' : 'relu',
      decoder_start_token_id: metadata.count(`${name}.decoder_start_token_id`, 0),
      tie_word_embeddings: shapeOf('output.weight') === undefined,
    };
  },
  names: ({ shapeOf }) => ({
    token_embd: 'shared',
    'enc.blk.N.attn_norm': 'encoder.block.N.layer.0.layer_norm',
    'enc.blk.N.attn_q': 'encoder.block.N.layer.0.SelfAttention.q',
    'enc.blk.N.attn_k': 'encoder.block.N.layer.0.SelfAttention.k',
    'enc.blk.N.attn_v': 'encoder.block.N.layer.0.SelfAttention.v',
    'enc.blk.N.attn_o': 'encoder.block.N.layer.0.SelfAttention.o',
    'enc.blk.N.attn_rel_b': 'encoder.block.N.layer.0.SelfAttention.relative_attention_bias',
    'enc.blk.N.ffn_norm': 'encoder.block.N.layer.1.layer_norm',
    ...feedForward('enc', 'encoder.block.N.layer.1', isGated(shapeOf)),
    'enc.output_norm': 'encoder.final_layer_norm',
    'dec.blk.N.attn_norm': 'decoder.block.N.layer.0.layer_norm',
    'dec.blk.N.attn_q': 'decoder.block.N.layer.0.SelfAttention.q',
    'dec.blk.N.attn_k': 'decoder.block.N.layer.0.SelfAttention.k',
    'dec.blk.N.attn_v': 'decoder.block.N.layer.0.SelfAttention.v',
    'dec.blk.N.attn_o': 'decoder.block.N.layer.0.SelfAttention.o',
    'dec.blk.N.attn_rel_b': 'decoder.block.N.layer.0.SelfAttention.relative_attention_bias',
    'dec.blk.N.cross_attn_norm': 'decoder.block.N.layer.1.layer_norm',
    'dec.blk.N.cross_attn_q': 'decoder.block.N.layer.1.EncDecAttention.q',
    'dec.blk.N.cross_attn_k': 'decoder.block.N.layer.1.EncDecAttention.k',
    'dec.blk.N.cross_attn_v': 'decoder.block.N.layer.1.EncDecAttention.v',
    'dec.blk.N.cross_attn_o': 'decoder.block.N.layer.1.EncDecAttention.o',
    'dec.blk.N.ffn_norm': 'decoder.block.N.layer.2.layer_norm',
    ...feedForward('dec', 'decoder.block.N.layer.2', isGated(shapeOf)),
    'dec.output_norm': 'decoder.final_layer_norm',
    output: 'lm_head',
  }),
};

function isGated(shapeOf: GgufDescription['shapeOf']): boolean {
  return shapeOf('enc.blk.0.ffn_gate.weight') !== undefined;
}

function feedForward(stack: 'enc' | 'dec', layer: string, gated: boolean): CheckpointNames {
  return {
    [`${stack}.blk.N.ffn_gate`]: `${layer}.DenseReluDense.wi_0`,
    [`${stack}.blk.N.ffn_up`]: `${layer}.DenseReluDense.${gated ? 'wi_1' : 'wi'}`,
    [`${stack}.blk.N.ffn_down`]: `${layer}.DenseReluDense.wo`,
  };
}
