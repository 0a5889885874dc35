import type { GgufArchitecture } from './architecture';
import { decoderFields, plainQueriesAndKeys, projectionNames, ropeScaling } from './decoder';

/** OLMo 2: norms behind each part, and of all queries and keys of a position. */
export const olmo2: GgufArchitecture = {
  configuration(model) {
    const { name, metadata, shapeOf } = model;
    if (metadata.has(`${name}.attention.sliding_window`))
      metadata.reject(`${name}.attention.sliding_window`, ': windows are those of OLMo 3, which is not supported');
    const scaling = ropeScaling(model);
    return {
      model_type: 'olmo2',
      architectures: ['Olmo2ForCausalLM'],
      ...decoderFields(model),
      ...(scaling && { rope_scaling: scaling }),
      hidden_act: 'silu',
      attention_bias: shapeOf('blk.0.attn_q.bias') !== undefined,
    };
  },
  names: () => ({
    ...projectionNames,
    ...plainQueriesAndKeys,
    'blk.N.attn_q_norm': 'model.layers.N.self_attn.q_norm',
    'blk.N.attn_k_norm': 'model.layers.N.self_attn.k_norm',
    'blk.N.post_attention_norm': 'model.layers.N.post_attention_layernorm',
    'blk.N.post_ffw_norm': 'model.layers.N.post_feedforward_layernorm',
    output_norm: 'model.norm',
  }),
};
