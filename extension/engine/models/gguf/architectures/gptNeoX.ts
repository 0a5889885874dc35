import type { GgufArchitecture } from './architecture';
import { headByHead } from './restore';

/** GPT-NeoX and Pythia. */
export const gptNeoX: GgufArchitecture = {
  configuration({ name, metadata, shapeOf }) {
    const width = metadata.count(`${name}.embedding_length`);
    const heads = metadata.count(`${name}.attention.head_count`);
    return {
      model_type: 'gpt_neox',
      architectures: ['GPTNeoXForCausalLM'],
      vocab_size: shapeOf('token_embd.weight')?.[0],
      hidden_size: width,
      intermediate_size: metadata.count(`${name}.feed_forward_length`),
      num_hidden_layers: metadata.count(`${name}.block_count`),
      num_attention_heads: heads,
      max_position_embeddings: metadata.count(`${name}.context_length`),
      layer_norm_eps: metadata.number(`${name}.attention.layer_norm_epsilon`, 1e-5),
      use_parallel_residual: metadata.flag(`${name}.use_parallel_residual`, true),
      rotary_pct: metadata.count(`${name}.rope.dimension_count`) / (width / heads),
      rotary_emb_base: metadata.number(`${name}.rope.freq_base`, 10000),
      attention_bias: shapeOf('blk.0.attn_qkv.bias') !== undefined,
      hidden_act: 'gelu',
      tie_word_embeddings: shapeOf('output.weight') === undefined,
    };
  },
  names: () => ({
    token_embd: 'gpt_neox.embed_in',
    'blk.N.attn_norm': 'gpt_neox.layers.N.input_layernorm',
    'blk.N.attn_qkv': ['gpt_neox.layers.N.attention.query_key_value', headByHead],
    'blk.N.attn_output': 'gpt_neox.layers.N.attention.dense',
    'blk.N.ffn_norm': 'gpt_neox.layers.N.post_attention_layernorm',
    'blk.N.ffn_up': 'gpt_neox.layers.N.mlp.dense_h_to_4h',
    'blk.N.ffn_down': 'gpt_neox.layers.N.mlp.dense_4h_to_h',
    output_norm: 'gpt_neox.final_layer_norm',
    output: 'embed_out',
  }),
};
