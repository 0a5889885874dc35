import { layerNorm } from '../../graph/composites/normalization';
import { linear, matmul } from '../../graph/operators/contraction';
import { add } from '../../graph/operators/elementwise';
import { slice } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import { type Activation, readActivation } from '../activationFunctions';
import { causalAttention } from '../causalAttention';
import { type Asking, type CausalLayout, addPositions, throughLayers } from '../causalLayout';
import { causalModel } from '../causalModel';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';

/**
 * GPT-2: Radford et al. 2019, section 2.3. Learned positions, layer norm before every part, GELU, a head that is tied to the embeddings.
 * Its linear maps are stored [in, out], the other way round than everyone else's. Tensor names are those of Hugging Face checkpoints.
 */
export function gpt2(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const c = readConfiguration(configuration);
  tensors.readNames({ base: 'transformer' });
  const w = readWeights(c, tensors);
  const { width, layers, heads, vocabulary, maxPositions, endToken } = c;
  return causalModel(
    {
      ...{ width, layers, heads, vocabulary, maxPositions, endToken, embeddings: embeddingName },
      logits: (x, layout) => {
        const placed = addPositions(layout, x, w.positions);
        const y = throughLayers(layout, placed, w.layers, (rows, layer, asking) =>
          block(c, layer, rows, layout, asking),
        );
        return linear(normalise(c, y, w.norm), w.head);
      },
    },
    tensors,
  );
}

type Gpt2Configuration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration) {
  // The second names are those that transformers reads as well (`attribute_map`).
  const width = configuration.count(configuration.nameOf('n_embd', 'hidden_size'));
  const heads = configuration.count(configuration.nameOf('n_head', 'num_attention_heads'));
  if (width % heads !== 0) configuration.reject('n_head', `, it must divide "n_embd", ${width}`);
  return {
    width,
    heads,
    innerWidth: configuration.count('n_inner', 4 * width),
    layers: configuration.count(configuration.nameOf('n_layer', 'num_hidden_layers')),
    vocabulary: configuration.count('vocab_size'),
    maxPositions: configuration.count(configuration.nameOf('n_positions', 'max_position_embeddings'), 1024),
    activation: readActivation(configuration, 'activation_function', 'gelu_new'),
    epsilon: configuration.positive('layer_norm_epsilon', 1e-5),
    scaled: configuration.flag('scale_attn_weights', true),
    scaledByLayer: configuration.flag('scale_attn_by_inverse_layer_idx', false),
    tied: configuration.flag('tie_word_embeddings', true),
    endToken: configuration.tokenId('eos_token_id'),
  };
}

const embeddingName = 'transformer.wte.weight';

function readWeights(c: Gpt2Configuration, tensors: FrozenTensors) {
  const tensor = (name: string, ...shape: number[]): Value => tensors.tensor(`transformer.${name}`, shape);
  const norm = (name: string) => ({ weight: tensor(`${name}.weight`, c.width), bias: tensor(`${name}.bias`, c.width) });
  const map = (name: string, within: number, out: number) => ({
    weight: tensor(`${name}.weight`, within, out),
    bias: tensor(`${name}.bias`, out),
  });
  return {
    positions: tensor('wpe.weight', c.maxPositions, c.width),
    layers: Array.from({ length: c.layers }, (_, i) => ({
      attentionNorm: norm(`h.${i}.ln_1`),
      queryKeyValue: map(`h.${i}.attn.c_attn`, c.width, 3 * c.width),
      output: map(`h.${i}.attn.c_proj`, c.width, c.width),
      scale: (c.scaled ? (c.width / c.heads) ** -0.5 : 1) / (c.scaledByLayer ? i + 1 : 1),
      feedForwardNorm: norm(`h.${i}.ln_2`),
      inward: map(`h.${i}.mlp.c_fc`, c.width, c.innerWidth),
      outward: map(`h.${i}.mlp.c_proj`, c.innerWidth, c.width),
    })),
    norm: norm('ln_f'),
    head: tensors.head({ embeddings: embeddingName, tied: c.tied }, [c.vocabulary, c.width]),
  };
}

type LayerWeights = ReturnType<typeof readWeights>['layers'][number];
/** A weight, [in, out] in a linear map, and its bias. */
interface Affine {
  readonly weight: Value;
  readonly bias: Value;
}

/** One layer: x [rows, D] -> the rows that ask, [asking, D]. */
function block(c: Gpt2Configuration, w: LayerWeights, x: Value, layout: CausalLayout, asking: Asking): Value {
  const y = add(asking.from(x), selfAttention(c, w, normalise(c, x, w.attentionNorm), layout, asking));
  return add(y, feedForward(w, normalise(c, y, w.feedForwardNorm), c.activation));
}

function selfAttention(c: Gpt2Configuration, w: LayerWeights, x: Value, layout: CausalLayout, asking: Asking): Value {
  const joined = project(x, w.queryKeyValue);
  const part = (i: number): Value => slice(joined, 1, i * c.width, (i + 1) * c.width);
  const projections = { query: asking.from(part(0)), key: part(1), value: part(2) };
  const sizes = { heads: c.heads, groups: c.heads, headWidth: c.width / c.heads, scale: w.scale };
  return project(causalAttention(layout, asking, projections, sizes), w.output);
}

function feedForward(w: LayerWeights, x: Value, activation: Activation): Value {
  return project(activation(project(x, w.inward)), w.outward);
}

/** x [rows, in] -> [rows, out]; the weight is used as it lies. */
function project(x: Value, { weight, bias }: Affine): Value {
  return add(matmul(x, weight), bias);
}

function normalise(c: Gpt2Configuration, x: Value, { weight, bias }: Affine): Value {
  return layerNorm(x, weight, bias, c.epsilon);
}
