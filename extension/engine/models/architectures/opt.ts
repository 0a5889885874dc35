import { layerNorm } from '../../graph/composites/normalization';
import { constant } from '../../graph/leaves';
import { linear } from '../../graph/operators/contraction';
import { add } from '../../graph/operators/elementwise';
import { slice } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import { readActivation } from '../activationFunctions';
import { causalAttention } from '../causalAttention';
import { type Asking, type CausalLayout, addPositions, throughLayers } from '../causalLayout';
import { causalModel } from '../causalModel';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { type LayerNormWeights, normalise, project, readLayerNorm, readLinear } from '../modules';

/**
 * OPT: Zhang et al. 2022, section 2.1. Learned positions, ReLU, layer norm before every part; the model of 350 million parameters has it
 * behind, and embeddings narrower than its layers, between linear maps. The prompt is as wide as the embeddings. Tensor names are those
 * of Hugging Face checkpoints.
 */
export function opt(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const c = readConfiguration(configuration);
  tensors.readNames({ base: 'model' });
  const w = readWeights(c, tensors);
  const { layers, heads, vocabulary, maxPositions, endToken } = c;
  return causalModel(
    {
      ...{ layers, heads, vocabulary, maxPositions, endToken, width: c.embeddingWidth },
      embeddings: embeddingName,
      logits: (x, layout) => {
        const inward = w.inward === undefined ? x : project(x, w.inward);
        const placed = addPositions(layout, inward, w.positions);
        const y = throughLayers(layout, placed, w.layers, (rows, layer, asking) =>
          block(c, layer, rows, layout, asking),
        );
        const normed = w.norm === undefined ? y : normalise(y, w.norm, epsilon);
        return linear(w.outward === undefined ? normed : project(normed, w.outward), w.head);
      },
    },
    tensors,
  );
}

/** torch's default, which OPT leaves as it is. */
const epsilon = 1e-5;
/** The table of positions begins with rows for padding that nothing uses. */
const unusedPositions = 2;

type OptConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration) {
  const width = configuration.count('hidden_size');
  const heads = configuration.count('num_attention_heads');
  if (width % heads !== 0) configuration.reject('num_attention_heads', `, it must divide "hidden_size", ${width}`);
  const normFirst = configuration.flag('do_layer_norm_before', true);
  return {
    width,
    heads,
    embeddingWidth: configuration.count('word_embed_proj_dim', width),
    innerWidth: configuration.count('ffn_dim'),
    layers: configuration.count('num_hidden_layers'),
    vocabulary: configuration.count('vocab_size'),
    maxPositions: configuration.count('max_position_embeddings', 2048),
    activation: readActivation(configuration, 'activation_function', 'relu'),
    normFirst,
    // Files from before transformers 4.20 lack the last norm.
    lastNorm: !configuration.flag('_remove_final_layer_norm', false) && normFirst,
    learnedNorms: configuration.flag('layer_norm_elementwise_affine', true),
    biased: configuration.flag('enable_bias', true),
    tied: configuration.flag('tie_word_embeddings', true),
    endToken: configuration.tokenId('eos_token_id'),
  };
}

const prefix = 'model.decoder.';
const embeddingName = `${prefix}embed_tokens.weight`;

function readWeights(c: OptConfiguration, tensors: FrozenTensors) {
  const map = (name: string, out: number, within: number, biased = c.biased) =>
    readLinear(tensors, prefix + name, [out, within], biased);
  const norm = (name: string): LayerNormWeights =>
    c.learnedNorms ? readLayerNorm(tensors, prefix + name, c.width) : plainNorm(c.width);
  const narrow = c.embeddingWidth !== c.width;
  const positions = tensors.tensor(`${prefix}embed_positions.weight`, [c.maxPositions + unusedPositions, c.width]);
  return {
    positions: slice(positions, 0, unusedPositions),
    inward: narrow ? map('project_in', c.width, c.embeddingWidth, false) : undefined,
    layers: Array.from({ length: c.layers }, (_, i) => ({
      query: map(`layers.${i}.self_attn.q_proj`, c.width, c.width),
      key: map(`layers.${i}.self_attn.k_proj`, c.width, c.width),
      value: map(`layers.${i}.self_attn.v_proj`, c.width, c.width),
      output: map(`layers.${i}.self_attn.out_proj`, c.width, c.width),
      attentionNorm: norm(`layers.${i}.self_attn_layer_norm`),
      first: map(`layers.${i}.fc1`, c.innerWidth, c.width),
      second: map(`layers.${i}.fc2`, c.width, c.innerWidth),
      feedForwardNorm: norm(`layers.${i}.final_layer_norm`),
    })),
    norm: c.lastNorm ? norm('final_layer_norm') : undefined,
    outward: narrow ? map('project_out', c.embeddingWidth, c.width, false) : undefined,
    head: tensors.head({ embeddings: embeddingName, tied: c.tied }, [c.vocabulary, c.embeddingWidth]),
  };
}

/** A norm that has nothing learned. */
function plainNorm(width: number): LayerNormWeights {
  const filled = (number: number): Value => constant(new Array<number>(width).fill(number), 'float');
  return { weight: filled(1), bias: filled(0) };
}

type LayerWeights = ReturnType<typeof readWeights>['layers'][number];

/** One layer: x [rows, D] -> the rows that ask, [asking, D]. A norm stands before its part, or behind it on the sum. */
function block(c: OptConfiguration, w: LayerWeights, x: Value, layout: CausalLayout, asking: Asking): Value {
  const [before, behind] = [norms(c.normFirst), norms(!c.normFirst)];
  const attended = selfAttention(c, w, before(x, w.attentionNorm), layout, asking);
  const y = behind(add(asking.from(x), attended), w.attentionNorm);
  const inner = c.activation(project(before(y, w.feedForwardNorm), w.first));
  return behind(add(y, project(inner, w.second)), w.feedForwardNorm);
}

function norms(there: boolean): (x: Value, weights: LayerNormWeights) => Value {
  return (x, { weight, bias }) => (there ? layerNorm(x, weight, bias, epsilon) : x);
}

function selfAttention(c: OptConfiguration, w: LayerWeights, x: Value, layout: CausalLayout, asking: Asking): Value {
  const projections = { query: project(asking.from(x), w.query), key: project(x, w.key), value: project(x, w.value) };
  const headWidth = c.width / c.heads;
  const sizes = { heads: c.heads, groups: c.heads, headWidth, scale: headWidth ** -0.5 };
  return project(causalAttention(layout, asking, projections, sizes), w.output);
}
