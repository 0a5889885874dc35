import type { GgufArchitecture } from './architecture';
import { transposed } from './restore';

/** GPT-2. */
export const gpt2: GgufArchitecture = {
  configuration({ name, metadata, shapeOf }) {
    const context = metadata.count(`${name}.context_length`);
    return {
      model_type: 'gpt2',
      architectures: ['GPT2LMHeadModel'],
      vocab_size: shapeOf('token_embd.weight')?.[0],
      n_embd: metadata.count(`${name}.embedding_length`),
      n_inner: metadata.count(`${name}.feed_forward_length`),
      n_layer: metadata.count(`${name}.block_count`),
      n_head: metadata.count(`${name}.attention.head_count`),
      n_positions: context,
      n_ctx: context,
      layer_norm_epsilon: metadata.number(`${name}.attention.layer_norm_epsilon`, 1e-5),
      activation_function: 'gelu_new',
      tie_word_embeddings: shapeOf('output.weight') === undefined,
    };
  },
  names: () => ({
    token_embd: 'transformer.wte',
    position_embd: 'transformer.wpe',
    'blk.N.attn_norm': 'transformer.h.N.ln_1',
    'blk.N.attn_qkv': ['transformer.h.N.attn.c_attn', transposed],
    'blk.N.attn_output': ['transformer.h.N.attn.c_proj', transposed],
    'blk.N.ffn_norm': 'transformer.h.N.ln_2',
    'blk.N.ffn_up': ['transformer.h.N.mlp.c_fc', transposed],
    'blk.N.ffn_down': ['transformer.h.N.mlp.c_proj', transposed],
    output_norm: 'transformer.ln_f',
    output: 'lm_head',
  }),
};
