import type { CheckpointNames, GgufArchitecture, GgufDescription } from './architecture';
import { decoderFields, plainQueriesAndKeys, projectionNames, ropeScaling } from './decoder';
import { withoutOne } from './restore';

/** Gemma 1: Llama's blocks, with norms that are stored less one. */
export const gemma: GgufArchitecture = {
  configuration: (model) => ({
    model_type: 'gemma',
    architectures: ['GemmaForCausalLM'],
    ...decoderFields(model),
    hidden_act: 'gelu_pytorch_tanh',
    attention_bias: false,
  }),
  names: () => ({
    ...projectionNames,
    ...plainQueriesAndKeys,
    'blk.N.attn_norm': ['model.layers.N.input_layernorm', withoutOne],
    'blk.N.ffn_norm': ['model.layers.N.post_attention_layernorm', withoutOne],
    output_norm: ['model.norm', withoutOne],
  }),
};

const gemma2Names: CheckpointNames = {
  ...projectionNames,
  ...plainQueriesAndKeys,
  'blk.N.attn_norm': ['model.layers.N.input_layernorm', withoutOne],
  'blk.N.post_attention_norm': ['model.layers.N.post_attention_layernorm', withoutOne],
  'blk.N.ffn_norm': ['model.layers.N.pre_feedforward_layernorm', withoutOne],
  'blk.N.post_ffw_norm': ['model.layers.N.post_feedforward_layernorm', withoutOne],
  output_norm: ['model.norm', withoutOne],
};

/** Gemma 2: norms before and after each part, attention scores and logits that are capped. */
export const gemma2: GgufArchitecture = {
  configuration(model) {
    const { name, metadata } = model;
    const fields = gemmaFields(model);
    return {
      model_type: 'gemma2',
      architectures: ['Gemma2ForCausalLM'],
      ...fields,
      query_pre_attn_scalar: queryScalar(fields, 46),
      attn_logit_softcapping: metadata.number(`${name}.attn_logit_softcapping`, 50),
      final_logit_softcapping: metadata.number(`${name}.final_logit_softcapping`, 30),
    };
  },
  names: () => gemma2Names,
};

/** Gemma 3, its text part: normalised queries and keys instead of caps; every sixth layer looks at the whole text. */
export const gemma3: GgufArchitecture = {
  configuration(model) {
    const { name, metadata } = model;
    const fields = gemmaFields(model);
    const scaling = ropeScaling(model);
    return {
      model_type: 'gemma3_text',
      architectures: ['Gemma3ForCausalLM'],
      ...fields,
      query_pre_attn_scalar: queryScalar(fields, 62),
      rope_theta: metadata.number(`${name}.rope.freq_base`, 1e6),
      rope_local_base_freq: metadata.number(`${name}.rope.freq_base_swa`, 10000),
      ...(scaling && { rope_scaling: scaling }),
      sliding_window_pattern: metadata.count(`${name}.attention.sliding_window_pattern`, 6),
      final_logit_softcapping: metadata.has(`${name}.final_logit_softcapping`)
        ? metadata.number(`${name}.final_logit_softcapping`)
        : null,
    };
  },
  names: () => ({
    ...gemma2Names,
    'blk.N.attn_q_norm': ['model.layers.N.self_attn.q_norm', withoutOne],
    'blk.N.attn_k_norm': ['model.layers.N.self_attn.k_norm', withoutOne],
  }),
};

function gemmaFields(model: GgufDescription): Record<string, unknown> {
  const { name, metadata } = model;
  return {
    ...decoderFields(model),
    hidden_activation: 'gelu_pytorch_tanh',
    attention_bias: false,
    sliding_window: metadata.count(`${name}.attention.sliding_window`),
  };
}

/** What attention scores are divided by the root of. GGUF has no field for it: only the largest model differs from its head's width. */
function queryScalar(fields: Readonly<Record<string, unknown>>, layersOfLargest: number): number {
  if (fields['num_hidden_layers'] !== layersOfLargest) return Number(fields['head_dim']);
  return Number(fields['hidden_size']) / Number(fields['num_attention_heads']);
}
