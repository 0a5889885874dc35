import { geluTanh } from '../../graph/composites/activations';
import { linear } from '../../graph/operators/contraction';
import { add } from '../../graph/operators/elementwise';
import { reshape, slice } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import { alibiSlopes } from '../alibi';
import { causalAttention } from '../causalAttention';
import { type Asking, type CausalLayout, throughLayers } from '../causalLayout';
import { causalModel } from '../causalModel';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { normalise, project, readLayerNorm, readLinear } from '../modules';

/**
 * BLOOM: Scao et al. 2022, section 3.2. Positions only as biases of the attention scores (ALiBi), a layer norm on the embeddings, another
 * before every part, GELU by its approximation, a tied head. Tensor names are those of Hugging Face checkpoints.
 */
export function bloom(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const c = readConfiguration(configuration);
  tensors.readNames({ base: 'transformer' });
  const w = readWeights(c, tensors);
  const { width, layers, heads, vocabulary, maxPositions, endToken } = c;
  return causalModel(
    {
      ...{ width, layers, heads, vocabulary, maxPositions, endToken, embeddings: embeddingName },
      logits: (x, layout) => {
        const entering = normalise(x, w.embeddingNorm, c.epsilon);
        const y = throughLayers(layout, entering, w.layers, (rows, layer, asking) =>
          block(c, layer, rows, layout, asking),
        );
        return linear(normalise(y, w.norm, c.epsilon), w.head);
      },
    },
    tensors,
  );
}

type BloomConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration) {
  const width = configuration.count(configuration.nameOf('hidden_size', 'n_embed'));
  const headsName = configuration.nameOf('n_head', 'num_attention_heads');
  const heads = configuration.count(headsName);
  if (width % heads !== 0) configuration.reject(headsName, `, it must divide the width, ${width}`);
  // How Megatron computed, in which order parts of a sum were added, and a field that no code reads.
  configuration.ignore('attention_softmax_in_fp32', 'bias_dropout_fusion', 'masked_softmax_fusion', 'offset_alibi');
  configuration.ignore('skip_bias_add', 'skip_bias_add_qkv', 'slow_but_exact', 'n_inner', 'unk_token_id');
  return {
    width,
    heads,
    headWidth: width / heads,
    slopes: alibiSlopes(heads),
    layers: configuration.count(configuration.nameOf('n_layer', 'num_hidden_layers')),
    vocabulary: configuration.count('vocab_size'),
    // The texts it was trained on; the biases go on beyond.
    maxPositions: configuration.count('seq_length', 2048),
    epsilon: configuration.positive('layer_norm_epsilon', 1e-5),
    normedResidual: configuration.flag('apply_residual_connection_post_layernorm', false),
    tied: configuration.flag('tie_word_embeddings', true),
    endToken: configuration.tokenId('eos_token_id'),
  };
}

const prefix = 'transformer.';
const embeddingName = `${prefix}word_embeddings.weight`;

function readWeights(c: BloomConfiguration, tensors: FrozenTensors) {
  const norm = (name: string) => readLayerNorm(tensors, prefix + name, c.width);
  const map = (name: string, out: number, within: number) => readLinear(tensors, prefix + name, [out, within], true);
  return {
    embeddingNorm: norm('word_embeddings_layernorm'),
    layers: Array.from({ length: c.layers }, (_, i) => ({
      attentionNorm: norm(`h.${i}.input_layernorm`),
      queryKeyValue: map(`h.${i}.self_attention.query_key_value`, 3 * c.width, c.width),
      output: map(`h.${i}.self_attention.dense`, c.width, c.width),
      feedForwardNorm: norm(`h.${i}.post_attention_layernorm`),
      inward: map(`h.${i}.mlp.dense_h_to_4h`, 4 * c.width, c.width),
      outward: map(`h.${i}.mlp.dense_4h_to_h`, c.width, 4 * c.width),
    })),
    norm: norm('ln_f'),
    head: tensors.head({ embeddings: embeddingName, tied: c.tied }, [c.vocabulary, c.width]),
  };
}

type LayerWeights = ReturnType<typeof readWeights>['layers'][number];

/** One layer: x [rows, D] -> the rows that ask, [asking, D]. Each part is added to what it read before its norm, or behind it. */
function block(c: BloomConfiguration, w: LayerWeights, x: Value, layout: CausalLayout, asking: Asking): Value {
  const read = normalise(x, w.attentionNorm, c.epsilon);
  const y = add(asking.from(c.normedResidual ? read : x), selfAttention(c, w, read, layout, asking));
  const normed = normalise(y, w.feedForwardNorm, c.epsilon);
  return add(c.normedResidual ? normed : y, project(geluTanh(project(normed, w.inward)), w.outward));
}

function selfAttention(c: BloomConfiguration, w: LayerWeights, x: Value, layout: CausalLayout, asking: Asking): Value {
  // Query, key and value of a head lie behind each other, head by head.
  const joined = reshape(project(x, w.queryKeyValue), [-1, c.heads, 3 * c.headWidth]);
  const part = (i: number): Value => reshape(slice(joined, 2, i * c.headWidth, (i + 1) * c.headWidth), [-1, c.width]);
  const projections = { query: asking.from(part(0)), key: part(1), value: part(2) };
  const attended = causalAttention(layout, asking, projections, {
    ...{ heads: c.heads, groups: c.heads, headWidth: c.headWidth, scale: c.headWidth ** -0.5 },
    slopes: c.slopes,
  });
  return project(attended, w.output);
}
