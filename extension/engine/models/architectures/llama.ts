import { rmsNorm } from '../../graph/composites/normalization';
import { linear } from '../../graph/operators/contraction';
import { add } from '../../graph/operators/elementwise';
import type { Value } from '../../graph/value';
import { type Asking, type CausalLayout, throughLayers } from '../causalLayout';
import { readActivation } from '../activationFunctions';
import { causalModel } from '../causalModel';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import { gatedFeedForward, readGatedFeedForward } from '../gatedFeedForward';
import { type AttentionExtras, groupedAttention, readGroupedAttention, readGroupedHeads } from '../groupedAttention';
import type { LanguageModel } from '../languageModel';
import { readRope, ropeFields } from '../rope';
import { type Turn, rotaryTables, rotaryTurn } from '../rotaryTables';

/**
 * Llama: Touvron et al. 2023, section 2.2 (pre-normalisation with RMS norm, SwiGLU, rotary positions), with grouped-query attention and
 * a head that may be tied to the embeddings. SmolLM and SmolLM2 are Llama models. Tensor names are those of Hugging Face checkpoints.
 */
export function llama(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const biased = configuration.flag('attention_bias', false);
  return llamaFamily(configuration, tensors, {
    attention: { inwardBiases: biased, outputBias: biased, headNorms: false },
    feedForwardBiases: configuration.flag('mlp_bias', false),
  });
}

/** What a model that is otherwise Llama has of its own. */
export interface LlamaVariant {
  readonly attention: AttentionExtras;
  readonly feedForwardBiases?: boolean;
  /** Width of a head where config.json does not tell it; default: the model's width, shared out to the heads. */
  readonly headWidth?: number;
  readonly maxPositions?: number;
  /** How many positions a layer sees back, its own among them; undefined: all. */
  readonly windowOf?: (layer: number) => number | undefined;
}

/** A model of Llama's blocks. */
export function llamaFamily(
  configuration: Configuration,
  tensors: FrozenTensors,
  variant: LlamaVariant,
): LanguageModel {
  const c = readConfiguration(configuration, variant);
  const w = readWeights(c, tensors, variant);
  const { width, layers, heads, vocabulary, endToken } = c;
  return causalModel(
    {
      ...{ width, layers, heads, vocabulary, endToken, maxPositions: c.rope.maxPositions, embeddings: embeddingName },
      logits: (x, layout) => {
        const turn = rotaryTurn(c.rope, layout.sequence);
        const y = throughLayers(layout, x, w.layers, (rows, layer, asking) =>
          block(c, layer, rows, layout, asking, turn),
        );
        return linear(rmsNorm(y, w.norm, c.epsilon), w.head);
      },
      tables: (sequence, whole) => rotaryTables(c.rope, sequence, whole),
    },
    tensors,
  );
}

type LlamaConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration, { headWidth, maxPositions = 2048 }: LlamaVariant) {
  const width = configuration.count('hidden_size');
  const share = width / configuration.count('num_attention_heads');
  const sizes = readGroupedHeads(configuration, { headWidth: headWidth ?? share });
  const scaling = ropeFields(configuration);
  (scaling ?? configuration).refuse('partial_rotary_factor', 1, 'turning a part of each head only');
  return {
    width,
    ...sizes,
    innerWidth: configuration.count('intermediate_size'),
    activation: readActivation(configuration, 'hidden_act', 'silu'),
    layers: configuration.count('num_hidden_layers'),
    vocabulary: configuration.count('vocab_size'),
    epsilon: configuration.positive('rms_norm_eps', 1e-6),
    rope: readRope(scaling, {
      width: sizes.headWidth,
      maxPositions: configuration.count('max_position_embeddings', maxPositions),
      theta: configuration.positive('rope_theta', 10000),
    }),
    tied: configuration.flag('tie_word_embeddings', false),
    endToken: configuration.tokenId('eos_token_id'),
  };
}

const embeddingName = 'model.embed_tokens.weight';

function readWeights(c: LlamaConfiguration, tensors: FrozenTensors, variant: LlamaVariant) {
  const norm = (name: string): Value => tensors.tensor(`${name}.weight`, [c.width]);
  const { feedForwardBiases = false, windowOf } = variant;
  return {
    layers: Array.from({ length: c.layers }, (_, i) => {
      const name = `model.layers.${i}`;
      return {
        attentionNorm: norm(`${name}.input_layernorm`),
        attention: readGroupedAttention(tensors, `${name}.self_attn`, c.width, c, variant.attention),
        window: windowOf?.(i),
        feedForwardNorm: norm(`${name}.post_attention_layernorm`),
        feedForward: readGatedFeedForward(tensors, `${name}.mlp`, c.width, c.innerWidth, feedForwardBiases),
      };
    }),
    norm: norm('model.norm'),
    head: tensors.tensor(c.tied ? embeddingName : 'lm_head.weight', [c.vocabulary, c.width]),
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
  const attended = groupedAttention(w.attention, layout, asking, rmsNorm(x, w.attentionNorm, c.epsilon), {
    ...{ heads: c.heads, groups: c.groups, headWidth: c.headWidth, scale: c.headWidth ** -0.5 },
    headNorm: (y, weight) => rmsNorm(y, weight, c.epsilon),
    turn,
    window: w.window,
  });
  const y = add(asking.from(x), attended);
  return add(y, gatedFeedForward(w.feedForward, rmsNorm(y, w.feedForwardNorm, c.epsilon), c.activation));
}
