import { softCap } from '../../graph/composites/activations';
import { rmsNorm } from '../../graph/composites/normalization';
import { linear } from '../../graph/operators/contraction';
import { add } from '../../graph/operators/elementwise';
import type { Value } from '../../graph/value';
import { readActivation } from '../activationFunctions';
import { type LayerType, readLayerTypes, readWindow } from '../attentionWindows';
import { type Asking, type CausalLayout, throughLayers } from '../causalLayout';
import { causalModel } from '../causalModel';
import type { Configuration } from '../configuration';
import type { CheckpointNames, FrozenTensors } from '../frozenTensors';
import { gatedFeedForward, readGatedFeedForward } from '../gatedFeedForward';
import { type AttentionExtras, groupedAttention, readGroupedAttention, readGroupedHeads } from '../groupedAttention';
import type { LanguageModel } from '../languageModel';
import { type Rope, readRope, ropeFields } from '../rope';
import { type Turn, rotaryTables, rotaryTurn } from '../rotaryTables';

/** Gemma 2: Riviere et al. 2024, section 2. Every other layer sees a window; attention scores and logits are soft-capped. */
export function gemma2(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  // Some files tell the window a second time; transformers reads the other field.
  configuration.ignore('sliding_window_size');
  const theta = configuration.positive('rope_theta', 10000);
  const maxPositions = configuration.count('max_position_embeddings', 8192);
  return gemmaFamily(configuration, tensors, {
    vocabulary: 256000,
    norms: 'none',
    scoreCap: readCap(configuration, 'attn_logit_softcapping', 50),
    logitCap: readCap(configuration, 'final_logit_softcapping', 30),
    windowAt: (layer) => layer % 2 === 0,
    ropeOf: (_, width) => readRope(ropeFields(configuration), { width, maxPositions, theta }),
    prefix: 'model.',
    tied: configuration.flag('tie_word_embeddings', true),
  });
}

/** What one Gemma has otherwise than the other. */
export interface GemmaVariant {
  /** Where config.json does not tell it. */
  readonly vocabulary: number;
  /** What the norms of queries and keys are over. */
  readonly norms: AttentionExtras['norms'];
  /** Bounds of attention scores and of logits. */
  readonly scoreCap: number | undefined;
  readonly logitCap: number | undefined;
  /** Whether a layer sees a window, where `layer_types` does not say so. */
  readonly windowAt: (layer: number) => boolean;
  /** The rope of heads of a width, in layers of a type. */
  readonly ropeOf: (type: LayerType, width: number) => Rope;
  /** What stands in front of the tensors' names. */
  readonly prefix: string;
  /** Whether the input embeddings serve as head where no other one is stored. */
  readonly tied: boolean;
  /** Other names of them; default: those of the base model. */
  readonly names?: CheckpointNames;
}

/**
 * A model of Gemma's blocks: embeddings scaled by sqrt(D), GEGLU, norms before and behind every part, whose weights are stored less one.
 * Tensor names are those of Hugging Face checkpoints.
 */
export function gemmaFamily(
  configuration: Configuration,
  tensors: FrozenTensors,
  variant: GemmaVariant,
): LanguageModel {
  tensors.readNames(variant.names ?? { base: 'model' });
  const c = { ...variant, ...readConfiguration(configuration, variant) };
  const w = readWeights(c, tensors);
  const { width, layers, vocabulary } = c;
  // The graph has the tables of the types of layers there are, and is fed no others.
  const types = [...new Set(w.layers.map(({ type }) => type))];
  return causalModel(
    {
      ...{ width, layers, vocabulary, heads: c.sizes.heads, endToken: c.endToken },
      maxPositions: c.ropes.full_attention.maxPositions,
      embeddings: `${c.prefix}embed_tokens.weight`,
      embeddingScale: Math.sqrt(width),
      logits: (x, layout) => {
        const turns = new Map(types.map((type) => [type, rotaryTurn(c.ropes[type], layout.sequence, type)]));
        const y = throughLayers(layout, x, w.layers, (rows, layer, asking) =>
          block(c, layer, rows, layout, asking, turns.get(layer.type)!),
        );
        const logits = linear(normalise(c, y, w.norm), w.head);
        return c.logitCap === undefined ? logits : softCap(logits, c.logitCap);
      },
      tables: (sequence, whole) =>
        types.reduce((feeds, type) => ({ ...feeds, ...rotaryTables(c.ropes[type], sequence, whole, type) }), {}),
      sameTablesUpTo: types.map((type) => c.ropes[type].sameUpTo).find((each) => each !== undefined),
    },
    tensors,
  );
}

type GemmaConfiguration = GemmaVariant & ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration, variant: GemmaVariant) {
  configuration.refuse('use_bidirectional_attention', false, 'attention to what comes behind');
  // Older files tell the activation under both names; transformers reads the other one.
  configuration.ignore('hidden_act');
  const layers = configuration.count('num_hidden_layers', 26);
  const sizes = readGroupedHeads(configuration, { heads: 8, groups: 4, headWidth: 256 });
  return {
    width: configuration.count('hidden_size', 2304),
    sizes,
    ropes: {
      full_attention: variant.ropeOf('full_attention', sizes.headWidth),
      sliding_attention: variant.ropeOf('sliding_attention', sizes.headWidth),
    },
    innerWidth: configuration.count('intermediate_size', 9216),
    layers,
    vocabulary: configuration.count('vocab_size', variant.vocabulary),
    activation: readActivation(configuration, 'hidden_activation', 'gelu_pytorch_tanh'),
    epsilon: configuration.positive('rms_norm_eps', 1e-6),
    scale: configuration.positive('query_pre_attn_scalar', 256) ** -0.5,
    biased: configuration.flag('attention_bias', false),
    window: readWindow(configuration, 4096),
    typeOf: readLayerTypes(configuration, layers, (layer) =>
      variant.windowAt(layer) ? 'sliding_attention' : 'full_attention',
    ),
    endToken: configuration.tokenId('eos_token_id') ?? 1,
  };
}

/** A bound, which null switches off; `fallback` where it is missing. */
export function readCap(configuration: Configuration, field: string, fallback: number | undefined): number | undefined {
  if (configuration.isNull(field) || (fallback === undefined && !configuration.has(field))) return undefined;
  return configuration.positive(field, fallback);
}

function readWeights(c: GemmaConfiguration, tensors: FrozenTensors) {
  const norm = (name: string): Value => tensors.tensor(`${name}.weight`, [c.width]);
  const extras = { inwardBiases: c.biased, outputBias: c.biased, norms: c.norms };
  return {
    layers: Array.from({ length: c.layers }, (_, i) => {
      const name = `${c.prefix}layers.${i}`;
      const type = c.typeOf(i);
      return {
        attentionNorm: norm(`${name}.input_layernorm`),
        attention: readGroupedAttention(tensors, `${name}.self_attn`, c.width, c.sizes, extras),
        type,
        window: type === 'sliding_attention' ? c.window : undefined,
        attendedNorm: norm(`${name}.post_attention_layernorm`),
        feedForwardNorm: norm(`${name}.pre_feedforward_layernorm`),
        feedForward: readGatedFeedForward(tensors, `${name}.mlp`, c.width, c.innerWidth, false),
        fedNorm: norm(`${name}.post_feedforward_layernorm`),
      };
    }),
    norm: norm(`${c.prefix}norm`),
    head: tensors.head({ embeddings: `${c.prefix}embed_tokens.weight`, tied: c.tied }, [c.vocabulary, c.width]),
  };
}

type LayerWeights = ReturnType<typeof readWeights>['layers'][number];

/** One layer: x [rows, D] -> the rows that ask, [asking, D]. */
function block(
  c: GemmaConfiguration,
  w: LayerWeights,
  x: Value,
  layout: CausalLayout,
  asking: Asking,
  turn: Turn,
): Value {
  const attended = groupedAttention(w.attention, layout, asking, normalise(c, x, w.attentionNorm), {
    ...c.sizes,
    scale: c.scale,
    normalise: (y, weight) => normalise(c, y, weight),
    turn,
    window: w.window,
    softcap: c.scoreCap,
  });
  const y = add(asking.from(x), normalise(c, attended, w.attendedNorm));
  const fed = gatedFeedForward(w.feedForward, normalise(c, y, w.feedForwardNorm), c.activation);
  return add(y, normalise(c, fed, w.fedNorm));
}

/** RMS norm with the factor 1 + weight. */
function normalise(c: GemmaConfiguration, x: Value, weight: Value): Value {
  return rmsNorm(x, add(weight, 1), c.epsilon);
}
