import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { supportedArchitectures } from '../../../extension/engine/models/architectures/table';
import { Configuration } from '../../../extension/engine/models/configuration';
import { declaredModel } from '../../../extension/engine/models/declaredModel';
import { effectOf } from '../../../extension/engine/models/fieldsWithoutEffect';
import { modelFixtures } from './modelFixtures';

type Fields = Readonly<Record<string, unknown>>;

/** The configurations that transformers writes where nothing is said, by `model_type`. */
const defaults = JSON.parse(readFileSync(join(modelFixtures, 'default-configurations.json'), 'utf8')) as Record<
  string,
  Fields
>;
const read = (fields: Fields): ReturnType<typeof declaredModel> =>
  declaredModel(Configuration.of('config.json', fields));

/** What public files carry beyond what transformers writes, and what no code of transformers computes with. */
const carried: Fields = {
  auto_map: { AutoModelForCausalLM: 'modeling_other.OtherForCausalLM' },
  ...{ max_sequence_length: 2048, model_max_length: 4096, max_seq_length: 2048, seq_length: 2048, n_ctx: 1024 },
  ...{ n_special: 0, predict_special_tokens: true, neftune_noise_alpha: 5, pad_token_id: -1, unk_token_id: 0 },
  ...{ unsloth_version: '2025.1', unsloth_fixed: true, unsloth_tiled_mlp: false, axolotl_version: '0.8' },
  ...{ use_flash_attn: true, use_flash_attention_2: true, _attn_implementation_autoset: true, attn_impl: 'triton' },
  ...{ min_new_tokens: 1, stop_strings: ['</s>'], guidance_scale: 1.5, min_p: 0.1, forced_decoder_ids: [[1, 2]] },
  ...{ hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1, embd_pdrop: 0, resid_pdrop: 0, drop_path_rate: 0 },
  ...{ id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 }, problem_type: 'single_label_classification' },
  ...{ image_token_id: 7, video_token_index: 8, router_aux_loss_coef: 0.001, output_router_logits: false },
  ...{ quantization_config: null, rope_interleaved: false, is_causal: true, pruned_heads: {}, use_moe: false },
  ...{ _load_in_4bit: false, tokenizer_class: 'PreTrainedTokenizerFast', padding_side: 'right', license: 'mit' },
  ...{ torch_dtype: 'bfloat16', dtype: 'bfloat16', 'transformers.js_config': {}, _commit_hash: null },
};

describe('a field of config.json', () => {
  for (const name of supportedArchitectures) {
    it(`of ${name} is understood, whichever transformers writes by itself or public files add`, () => {
      const fields = defaults[name];
      assert.ok(fields, `run test/oracles/default_configurations.py, which writes the defaults of ${name}`);
      const plain = read(fields);
      const more = read({ ...carried, ...fields });
      assert.deepEqual([plain.unreadFields, more.unreadFields], [[], []]);
      assert.equal(more.network.parameters, plain.network.parameters);
    });
  }

  for (const [name, others] of [
    ['gpt2', { n_embd: 'hidden_size', n_head: 'num_attention_heads', n_layer: 'num_hidden_layers' }],
    [
      't5',
      { d_model: 'hidden_size', num_heads: 'num_attention_heads', num_layers: 'num_hidden_layers', d_kv: 'head_dim' },
    ],
  ] as const) {
    it(`of ${name} may have its other name, which transformers reads too`, () => {
      const renamed = Object.entries(defaults[name]!).map(([field, value]) => [
        (others as Readonly<Record<string, string>>)[field] ?? field,
        value,
      ]);
      const { parameters, width, heads } = read(Object.fromEntries(renamed) as Fields).network;
      const { network } = read(defaults[name]!);
      assert.deepEqual([parameters, width, heads], [network.parameters, network.width, network.heads]);
      const [first, other] = Object.entries(others)[0]!;
      assert.throws(() => read({ ...defaults[name], [other]: 3 }), new RegExp(`"${other}" is 3, and "${first}"`));
    });
  }

  for (const [field, value] of [
    ['alibi', true],
    ['qk_norm', true],
    ['residual_multiplier', 0.22],
    ['is_causal', false],
    ['attention_chunk_size', 8192],
    ['num_local_experts', 8],
    ['rope_interleaved', true],
    ['quantization_config', { quant_method: 'gptq', bits: 4 }],
    ['my_attention_scale', 2],
    ['afn', 'gelu'],
    ['sliding_window', 128],
    ['layer_types', ['sliding_attention']],
  ] as const) {
    it(`is refused by its name where it may matter: ${field}`, () => {
      assert.throws(() => read({ ...defaults['llama'], [field]: value }), new RegExp(`"${field}" is .* not supported`));
    });
  }

  it('is passed over, and said so, where no code of transformers reads it and its name does not speak of computing', () => {
    const { unreadFields } = read({ ...defaults['llama'], favourite_colour: 'green', made_by: { whom: 'us' } });
    assert.deepEqual(unreadFields, ['favourite_colour', 'made_by']);
  });

  it('inside of an object is not passed over: the rope may be another one', () => {
    const rope = { rope_type: 'default', rope_theta: 1e4, favourite_colour: 'green' };
    assert.throws(() => read({ ...defaults['llama'], rope_parameters: rope }), /"rope_parameters.favourite_colour" is/);
  });

  it('is in no list of those without effect where a supported model computes with it', () => {
    const computed = `hidden_size num_hidden_layers num_attention_heads num_key_value_heads head_dim intermediate_size hidden_act
      rms_norm_eps layer_norm_eps layer_norm_epsilon rope_parameters rope_theta rope_scaling sliding_window layer_types
      attn_logit_softcapping final_logit_softcapping query_pre_attn_scalar activation_function n_inner scale_attn_weights
      scale_attn_by_inverse_layer_idx attention_multiplier embedding_multiplier logits_scaling no_rope_layers
      do_layer_norm_before enable_bias word_embed_proj_dim tie_word_embeddings relative_attention_num_buckets
      relative_attention_max_distance is_gated_act dense_act_fn scale_decoder_outputs feed_forward_proj vocab_size
      rotary_dim attention_layers attention_types window_size apply_residual_connection_post_layernorm partial_rotary_factor`;
    for (const name of computed.split(/\s+/)) assert.equal(effectOf(name, 7), 'unknown', name);
  });
});
