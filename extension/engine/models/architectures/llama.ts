import { rmsNorm } from '../../graph/composites/normalization';
import { linear } from '../../graph/operators/contraction';
import { add, div, mul } from '../../graph/operators/elementwise';
import type { Value } from '../../graph/value';
import { type Asking, type CausalLayout, throughLayers } from '../causalLayout';
import { type Activation, readActivation } from '../activationFunctions';
import type { WindowOf } from '../attentionWindows';
import { causalModel } from '../causalModel';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import { gatedFeedForward, readFusedFeedForward, readGatedFeedForward } from '../gatedFeedForward';
import { type AttentionExtras, groupedAttention, readGroupedAttention, readGroupedHeads } from '../groupedAttention';
import type { LanguageModel } from '../languageModel';
import { type RopeOptions, readRope, ropeFields } from '../rope';
import { type Turn, rotaryTables, rotaryTurn } from '../rotaryTables';

/**
 * Llama: Touvron et al. 2023, section 2.2 (pre-normalisation with RMS norm, SwiGLU, rotary positions), with grouped-query attention and
 * a head that may be tied to the embeddings. SmolLM and SmolLM2 are Llama models. Tensor names are those of Hugging Face checkpoints.
 */
export function llama(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const biased = configuration.flag('attention_bias', false);
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: biased, outputBias: biased, norms: 'none' },
    feedForwardBiases: configuration.flag('mlp_bias', false),
  });
}

/** What a model that is otherwise Llama has of its own. */
export interface LlamaVariant {
  readonly attention: AttentionExtras;
  readonly feedForwardBiases?: boolean;
  readonly defaults?: LlamaDefaults;
  /** Default: what `hidden_act` says. */
  readonly activation?: Activation;
  /** What of the rope is the architecture's own. */
  readonly rope?: Pick<RopeOptions, 'trainedPositions' | 'kinds'>;
  /** Whether `partial_rotary_factor` may say that only the first part of each head is turned. */
  readonly turnsParts?: boolean;
  /** How many positions a layer sees back, its own among them; undefined: all. */
  readonly windowOf?: WindowOf;
  /** Whether a layer turns its queries and keys by their positions; default: every layer does. */
  readonly turnsIn?: (layer: number) => boolean;
  /** Whether attention and feed-forward network normalise what they read (Llama) or what they add (OLMo 2). */
  readonly norms?: 'before' | 'behind';
  /** Normalises x [rows, D] with the weight of a norm, [D]; default: the RMS norm. */
  readonly normalise?: typeof rmsNorm;
  /** Factor of the tokens' embeddings, which the soft prompt does not get; default 1. */
  readonly embeddingScale?: number;
  readonly multipliers?: LlamaMultipliers;
}

/** What the architecture takes where config.json is silent. */
export interface LlamaDefaults {
  /** Default: the model's width, shared out to the heads. */
  readonly headWidth?: number;
  readonly maxPositions?: number;
  readonly epsilon?: number;
  readonly theta?: number;
  readonly tied?: boolean;
  readonly endToken?: number;
}

/** Granite's factors; 1 changes nothing. */
export interface LlamaMultipliers {
  /** Of all that the first layer reads, the soft prompt too. */
  readonly input: number;
  /** Of the attention scores. */
  readonly scores: number;
  /** Of what attention and feed-forward network add. */
  readonly residual: number;
  /** The logits are divided by it. */
  readonly logitsDivisor: number;
}

/** A model of Llama's blocks. */
export function llamaFamily(
  configuration: Configuration,
  tensors: FrozenTensors,
  variant: LlamaVariant,
): LanguageModel {
  tensors.readNames({ base: 'model' });
  const c = readConfiguration(configuration, variant);
  const w = readWeights(c, tensors, variant);
  const { width, layers, heads, vocabulary, endToken, multipliers } = c;
  return causalModel(
    {
      ...{ width, layers, heads, vocabulary, endToken, maxPositions: c.rope.maxPositions, embeddings: embeddingName },
      embeddingScale: variant.embeddingScale ?? 1,
      logits: (x, layout) => {
        const turn = rotaryTurn(c.rope, layout.sequence);
        const y = throughLayers(layout, mul(x, multipliers.input), w.layers, (rows, layer, asking) =>
          block(c, layer, rows, layout, asking, turn),
        );
        return div(linear(c.normalise(y, w.norm, c.epsilon), w.head), multipliers.logitsDivisor);
      },
      tables: (sequence, whole) => rotaryTables(c.rope, sequence, whole),
      sameTablesUpTo: c.rope.sameUpTo,
    },
    tensors,
  );
}

type LlamaConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration, variant: LlamaVariant) {
  const { defaults = {} } = variant;
  const width = configuration.count('hidden_size');
  const share = width / configuration.count('num_attention_heads');
  const sizes = readGroupedHeads(configuration, { headWidth: defaults.headWidth ?? share });
  const scaling = ropeFields(configuration);
  if (variant.turnsParts !== true)
    (scaling ?? configuration).refuse('partial_rotary_factor', 1, 'turning a part of each head only');
  return {
    width,
    ...sizes,
    innerWidth: configuration.count('intermediate_size'),
    activation: variant.activation ?? readActivation(configuration, 'hidden_act', 'silu'),
    layers: configuration.count('num_hidden_layers'),
    vocabulary: configuration.count('vocab_size'),
    epsilon: configuration.positive('rms_norm_eps', defaults.epsilon ?? 1e-6),
    rope: readRope(scaling, {
      ...variant.rope,
      width: readTurnedPart(configuration, scaling, sizes.headWidth),
      maxPositions: configuration.count('max_position_embeddings', defaults.maxPositions ?? 2048),
      theta: configuration.positive('rope_theta', defaults.theta ?? 10000),
    }),
    tied: configuration.flag('tie_word_embeddings', defaults.tied ?? false),
    endToken: configuration.tokenId('eos_token_id') ?? defaults.endToken,
    normalise: variant.normalise ?? rmsNorm,
    norms: variant.norms ?? 'before',
    multipliers: variant.multipliers ?? { input: 1, scores: sizes.headWidth ** -0.5, residual: 1, logitsDivisor: 1 },
  };
}

/** How many numbers of a head are turned. What the rope's own fields say counts before what stands beside them. */
function readTurnedPart(configuration: Configuration, scaling: Configuration | undefined, headWidth: number): number {
  const beside = configuration.positive('partial_rotary_factor', 1);
  const share = scaling?.positive('partial_rotary_factor', beside) ?? beside;
  const turned = Math.floor(headWidth * share);
  if (turned % 2 !== 0 || turned === 0 || turned > headWidth)
    (scaling?.has('partial_rotary_factor') === true ? scaling : configuration).reject(
      'partial_rotary_factor',
      `; ${share} of a head's ${headWidth} numbers is no even part`,
    );
  return turned;
}

const embeddingName = 'model.embed_tokens.weight';

function readWeights(c: LlamaConfiguration, tensors: FrozenTensors, variant: LlamaVariant) {
  const norm = (name: string): Value => tensors.tensor(`${name}.weight`, [c.width]);
  const { feedForwardBiases = false, windowOf, turnsIn = () => true } = variant;
  const [ofAttention, ofFeedForward] =
    c.norms === 'before'
      ? ['input_layernorm', 'post_attention_layernorm']
      : ['post_attention_layernorm', 'post_feedforward_layernorm'];
  return {
    layers: Array.from({ length: c.layers }, (_, i) => {
      const name = `model.layers.${i}`;
      return {
        attentionNorm: norm(`${name}.${ofAttention}`),
        attention: readGroupedAttention(tensors, `${name}.self_attn`, c.width, c, variant.attention),
        window: windowOf?.(i),
        turns: turnsIn(i),
        feedForwardNorm: norm(`${name}.${ofFeedForward}`),
        feedForward:
          variant.attention.fused === true
            ? readFusedFeedForward(tensors, `${name}.mlp`, c.width, c.innerWidth)
            : readGatedFeedForward(tensors, `${name}.mlp`, c.width, c.innerWidth, feedForwardBiases),
      };
    }),
    norm: norm('model.norm'),
    head: tensors.head({ embeddings: embeddingName, tied: c.tied }, [c.vocabulary, c.width]),
  };
}

type LayerWeights = ReturnType<typeof readWeights>['layers'][number];

/** One layer: x [rows, D] -> the rows that ask, [asking, D]. */
function block(
  c: LlamaConfiguration,
  w: LayerWeights,
  x: Value,
  layout: CausalLayout,
  asking: Asking,
  turn: Turn,
): Value {
  const { normalise, norms, epsilon, multipliers } = c;
  const read = (y: Value, norm: Value): Value => (norms === 'before' ? normalise(y, norm, epsilon) : y);
  const written = (y: Value, norm: Value): Value =>
    mul(norms === 'behind' ? normalise(y, norm, epsilon) : y, multipliers.residual);
  const attended = groupedAttention(w.attention, layout, asking, read(x, w.attentionNorm), {
    ...{ heads: c.heads, groups: c.groups, headWidth: c.headWidth, scale: multipliers.scores },
    normalise: (y, weight) => normalise(y, weight, epsilon),
    ...(w.turns ? { turn } : {}),
    window: w.window,
  });
  const y = add(asking.from(x), written(attended, w.attentionNorm));
  const fed = gatedFeedForward(w.feedForward, read(y, w.feedForwardNorm), c.activation);
  return add(y, written(fed, w.feedForwardNorm));
}
