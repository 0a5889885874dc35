import type { GgufArchitecture } from './architecture';
import { decoderFields, ropeScaling } from './decoder';

/** Phi-3, Phi-3.5 and Phi-4-mini: projections in one matrix, as in the checkpoint; LongRoPE, whose divisors are tensors. */
export const phi3: GgufArchitecture = {
  configuration(model) {
    const { name, metadata, longRopeDivisors } = model;
    const fields = decoderFields(model, true);
    if (longRopeDivisors === undefined && ropeScaling(model) !== undefined)
      metadata.reject(`${name}.rope.scaling.type`, ', which is not supported for Phi-3; supported: none, or LongRoPE');
    const trained = metadata.count(
      `${name}.rope.scaling.original_context_length`,
      Number(fields['max_position_embeddings']),
    );
    return {
      model_type: 'phi3',
      architectures: ['Phi3ForCausalLM'],
      ...fields,
      original_max_position_embeddings: trained,
      ...(longRopeDivisors && {
        rope_scaling: {
          type: 'longrope',
          short_factor: [...longRopeDivisors.short],
          long_factor: [...longRopeDivisors.long],
          attention_factor: metadata.number(`${name}.rope.scaling.attn_factor`, 1),
        },
      }),
      hidden_act: 'silu',
      // 0 is how llama.cpp's converter writes that there is none.
      sliding_window: metadata.count(`${name}.attention.sliding_window`, 0) || null,
    };
  },
  names: () => ({
    token_embd: 'model.embed_tokens',
    'blk.N.attn_norm': 'model.layers.N.input_layernorm',
    'blk.N.attn_qkv': 'model.layers.N.self_attn.qkv_proj',
    'blk.N.attn_output': 'model.layers.N.self_attn.o_proj',
    'blk.N.ffn_norm': 'model.layers.N.post_attention_layernorm',
    'blk.N.ffn_up': 'model.layers.N.mlp.gate_up_proj',
    'blk.N.ffn_down': 'model.layers.N.mlp.down_proj',
    output_norm: 'model.norm',
    output: 'lm_head',
  }),
  computed: ['rope_factors_short.weight', 'rope_factors_long.weight'],
};
