import type { CheckpointNames, GgufArchitecture, GgufDescription } from './architecture';
import { decoderFields, plainQueriesAndKeys, projectionNames, ropeScaling } from './decoder';

const qwen2Names: CheckpointNames = {
  ...projectionNames,
  ...plainQueriesAndKeys,
  'blk.N.attn_norm': 'model.layers.N.input_layernorm',
  'blk.N.ffn_norm': 'model.layers.N.post_attention_layernorm',
  output_norm: 'model.norm',
};

/** Qwen2 and 2.5: Llama with biases at queries, keys and values. */
export const qwen2: GgufArchitecture = {
  configuration: (model) => ({ model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'], ...qwenFields(model) }),
  names: () => qwen2Names,
};

/** Qwen3: normalised queries and keys, no biases. */
export const qwen3: GgufArchitecture = {
  configuration: (model) => ({
    model_type: 'qwen3',
    architectures: ['Qwen3ForCausalLM'],
    ...qwenFields(model),
    attention_bias: false,
  }),
  names: () => ({
    ...qwen2Names,
    'blk.N.attn_q_norm': 'model.layers.N.self_attn.q_norm',
    'blk.N.attn_k_norm': 'model.layers.N.self_attn.k_norm',
  }),
};

function qwenFields(model: GgufDescription): Record<string, unknown> {
  const scaling = ropeScaling(model);
  return {
    ...decoderFields(model),
    ...(scaling && { rope_scaling: scaling }),
    hidden_act: 'silu',
    use_sliding_window: false,
  };
}
