import { ModelError } from '../../modelError';
import type { GgufArchitecture, GgufDescription } from './architecture';
import { decoderFields, projectionNames, ropeScaling } from './decoder';
import { rotaryHalves } from './restore';

/** Llama, Mistral, SmolLM2: llama.cpp calls them all "llama". */
export const llama: GgufArchitecture = {
  configuration: (model) => ({
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    ...llamaFields(model),
  }),
  names: () => ({
    ...projectionNames,
    'blk.N.attn_norm': 'model.layers.N.input_layernorm',
    'blk.N.attn_q': ['model.layers.N.self_attn.q_proj', rotaryHalves('num_attention_heads')],
    'blk.N.attn_k': ['model.layers.N.self_attn.k_proj', rotaryHalves('num_key_value_heads')],
    'blk.N.ffn_norm': 'model.layers.N.post_attention_layernorm',
    output_norm: 'model.norm',
  }),
  computed: ['rope_freqs.weight'],
};

/** SmolLM3, converted as Llama. GGUF has no field for the layers without rope; llama.cpp takes every fourth. */
export const smollm3: GgufArchitecture = {
  ...llama,
  configuration: (model) => ({
    model_type: 'smollm3',
    architectures: ['SmolLM3ForCausalLM'],
    ...llamaFields(model),
    no_rope_layer_interval: 4,
  }),
};

/** Granite 3, dense, converted as Llama. */
export const granite: GgufArchitecture = {
  ...llama,
  configuration(model) {
    const { name, metadata } = model;
    const fields = llamaFields(model);
    if (!metadata.flag(`${name}.rope.scaling.finetuned`, true))
      metadata.reject(`${name}.rope.scaling.finetuned`, ': a Granite without rope is not supported');
    // llama.cpp takes 0 for "not there".
    const factor = (key: string, otherwise: number): number => metadata.number(`${name}.${key}`, 0) || otherwise;
    return {
      model_type: 'granite',
      architectures: ['GraniteForCausalLM'],
      ...fields,
      embedding_multiplier: factor('embedding_scale', 1),
      attention_multiplier: factor('attention.scale', Number(fields['head_dim']) ** -0.5),
      residual_multiplier: factor('residual_scale', 1),
      logits_scaling: metadata.number(`${name}.logit_scale`),
    };
  },
};

/** The fields of config.json that Llama has, and what is converted as Llama. */
function llamaFields(model: GgufDescription): Record<string, unknown> {
  const scaling = llama3Scaling(model) ?? ropeScaling(model);
  return {
    ...decoderFields(model),
    ...(scaling && { rope_scaling: scaling }),
    hidden_act: 'silu',
    attention_bias: model.shapeOf('blk.0.attn_q.bias') !== undefined,
    mlp_bias: model.shapeOf('blk.0.ffn_gate.bias') !== undefined,
  };
}

/**
 * Llama 3.1 and later slow the long waves of their rotary positions down. llama.cpp keeps the resulting divisors; the factor
 * is the largest of them, the other numbers of the rule are the same in every published model.
 *
 * @throws ModelError where the rule with these numbers does not give these divisors.
 */
function llama3Scaling({
  rotaryDivisors: divisors,
  name,
  metadata,
}: GgufDescription): Record<string, unknown> | undefined {
  if (divisors === undefined) return undefined;
  const [factor, low, high, context] = [Math.max(...divisors), 1, 4, 8192];
  const theta = metadata.number(`${name}.rope.freq_base`, 10000);
  for (const [i, divisor] of divisors.entries()) {
    const waves = context / (2 * Math.PI * theta ** (i / divisors.length));
    const smooth = Math.min(1, Math.max(0, (waves - low) / (high - low)));
    const expected = 1 / ((1 - smooth) / factor + smooth);
    if (!(Math.abs(divisor - expected) <= 1e-3 * expected))
      throw new ModelError(
        `${metadata.file}: tensor "rope_freqs.weight" is not that of Llama 3.1 (number ${i} is ${divisor}, not ${expected}); other rotary scalings are not supported as GGUF.`,
      );
  }
  return {
    rope_type: 'llama3',
    factor,
    low_freq_factor: low,
    high_freq_factor: high,
    original_max_position_embeddings: context,
  };
}
