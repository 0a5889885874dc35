import type { GgufArchitecture } from './architecture';
import { headByHead } from './restore';

/** BLOOM and BLOOMZ. */
export const bloom: GgufArchitecture = {
  configuration({ name, metadata, shapeOf }) {
    const width = metadata.count(`${name}.embedding_length`);
    const inner = metadata.count(`${name}.feed_forward_length`, 4 * width);
    if (inner !== 4 * width)
      metadata.reject(
        `${name}.feed_forward_length`,
        `, which is not supported; supported: 4 times the width, ${4 * width}`,
      );
    return {
      model_type: 'bloom',
      architectures: ['BloomForCausalLM'],
      vocab_size: shapeOf('token_embd.weight')?.[0],
      hidden_size: width,
      n_layer: metadata.count(`${name}.block_count`),
      num_attention_heads: metadata.count(`${name}.attention.head_count`),
      seq_length: metadata.count(`${name}.context_length`),
      layer_norm_epsilon: metadata.number(`${name}.attention.layer_norm_epsilon`, 1e-5),
      tie_word_embeddings: shapeOf('output.weight') === undefined,
    };
  },
  names: () => ({
    token_embd: 'transformer.word_embeddings',
    token_embd_norm: 'transformer.word_embeddings_layernorm',
    'blk.N.attn_norm': 'transformer.h.N.input_layernorm',
    'blk.N.attn_qkv': ['transformer.h.N.self_attention.query_key_value', headByHead],
    'blk.N.attn_output': 'transformer.h.N.self_attention.dense',
    'blk.N.ffn_norm': 'transformer.h.N.post_attention_layernorm',
    'blk.N.ffn_up': 'transformer.h.N.mlp.dense_h_to_4h',
    'blk.N.ffn_down': 'transformer.h.N.mlp.dense_4h_to_h',
    output_norm: 'transformer.ln_f',
    output: 'lm_head',
  }),
};
