import { linear } from '../../graph/operators/contraction';
import { add } from '../../graph/operators/elementwise';
import type { Value } from '../../graph/value';
import { readActivation } from '../activationFunctions';
import { causalAttention } from '../causalAttention';
import { type Asking, type CausalLayout, addPositions, throughLayers } from '../causalLayout';
import { causalModel } from '../causalModel';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { normalise, project, readLayerNorm, readLinear } from '../modules';

/**
 * GPT-Neo: Black et al. 2021 (its code is the paper). GPT-2 with attention scores that are not scaled, and with layers that see only the
 * last positions between those that see all. Tensor names are those of Hugging Face checkpoints.
 */
export function gptNeo(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
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
        return linear(normalise(y, w.norm, c.epsilon), w.head);
      },
    },
    tensors,
  );
}

type NeoConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration) {
  const width = configuration.count('hidden_size');
  const headsName = configuration.nameOf('num_heads', 'num_attention_heads');
  const heads = configuration.count(headsName);
  if (width % heads !== 0) configuration.reject(headsName, `, it must divide "hidden_size", ${width}`);
  const layers = configuration.count(configuration.nameOf('num_layers', 'num_hidden_layers'));
  configuration.ignore('embed_dropout', 'resid_dropout');
  return {
    width,
    heads,
    layers,
    innerWidth: configuration.count('intermediate_size', 4 * width),
    windows: readWindows(configuration, layers),
    vocabulary: configuration.count('vocab_size'),
    maxPositions: configuration.count('max_position_embeddings', 2048),
    activation: readActivation(configuration, 'activation_function', 'gelu_new'),
    epsilon: configuration.positive('layer_norm_epsilon', 1e-5),
    tied: configuration.flag('tie_word_embeddings', true),
    endToken: configuration.tokenId('eos_token_id'),
  };
}

const attentionTypes = ['global', 'local'] as const;

/** How many positions each layer sees back, its own among them; undefined: all. */
function readWindows(configuration: Configuration, layers: number): readonly (number | undefined)[] {
  const window = configuration.count('window_size', 256);
  // transformers also writes what follows from the first of the two.
  const types = expandedTypes(configuration, layers);
  const listed = configuration.choices('attention_layers', attentionTypes, layers) ?? types;
  if (listed.some((type, layer) => type !== types[layer]))
    configuration.reject('attention_layers', ', which is not what "attention_types" says');
  return types.map((type) => (type === 'local' ? window : undefined));
}

/** `attention_types`, such as [[["global", "local"], 12]]: each list of types so many times, one type a layer. */
function expandedTypes(configuration: Configuration, layers: number): readonly (typeof attentionTypes)[number][] {
  const name = 'attention_types';
  const expanded = (configuration.list(name) ?? [[attentionTypes, 12]]).flatMap((item) => {
    const [types, times, ...others] = Array.isArray(item) ? (item as readonly unknown[]) : [];
    if (!Array.isArray(types) || !Number.isSafeInteger(times) || others.length > 0 || Number(times) > layers)
      configuration.reject(name, ', it must be a list of [types, times]');
    return Array.from({ length: Math.max(0, Number(times)) }, () => types as readonly unknown[]).flat();
  });
  if (expanded.length !== layers)
    configuration.reject(name, `, which tells ${expanded.length} layers of the ${layers} that the model has`);
  return expanded.map((type) => {
    const known = attentionTypes.find((each) => each === type);
    if (known === undefined) configuration.reject(name, `; supported: ${attentionTypes.join(', ')}`);
    return known;
  });
}

const prefix = 'transformer.';
const embeddingName = `${prefix}wte.weight`;

function readWeights(c: NeoConfiguration, tensors: FrozenTensors) {
  const norm = (name: string) => readLayerNorm(tensors, prefix + name, c.width);
  const map = (name: string, out: number, within: number, biased: boolean) =>
    readLinear(tensors, prefix + name, [out, within], biased);
  return {
    positions: tensors.tensor(`${prefix}wpe.weight`, [c.maxPositions, c.width]),
    layers: Array.from({ length: c.layers }, (_, i) => ({
      window: c.windows[i],
      attentionNorm: norm(`h.${i}.ln_1`),
      query: map(`h.${i}.attn.attention.q_proj`, c.width, c.width, false),
      key: map(`h.${i}.attn.attention.k_proj`, c.width, c.width, false),
      value: map(`h.${i}.attn.attention.v_proj`, c.width, c.width, false),
      output: map(`h.${i}.attn.attention.out_proj`, c.width, c.width, true),
      feedForwardNorm: norm(`h.${i}.ln_2`),
      inward: map(`h.${i}.mlp.c_fc`, c.innerWidth, c.width, true),
      outward: map(`h.${i}.mlp.c_proj`, c.width, c.innerWidth, true),
    })),
    norm: norm('ln_f'),
    head: tensors.head({ embeddings: embeddingName, tied: c.tied }, [c.vocabulary, c.width]),
  };
}

type LayerWeights = ReturnType<typeof readWeights>['layers'][number];

/** One layer: x [rows, D] -> the rows that ask, [asking, D]. */
function block(c: NeoConfiguration, w: LayerWeights, x: Value, layout: CausalLayout, asking: Asking): Value {
  const y = add(asking.from(x), selfAttention(c, w, normalise(x, w.attentionNorm, c.epsilon), layout, asking));
  const inner = c.activation(project(normalise(y, w.feedForwardNorm, c.epsilon), w.inward));
  return add(y, project(inner, w.outward));
}

function selfAttention(c: NeoConfiguration, w: LayerWeights, x: Value, layout: CausalLayout, asking: Asking): Value {
  const projections = { query: project(asking.from(x), w.query), key: project(x, w.key), value: project(x, w.value) };
  const sizes = { heads: c.heads, groups: c.heads, headWidth: c.width / c.heads, scale: 1, window: w.window };
  return project(causalAttention(layout, asking, projections, sizes), w.output);
}
