import { linear } from '../../graph/operators/contraction';
import { add } from '../../graph/operators/elementwise';
import type { Value } from '../../graph/value';
import { readActivation } from '../activationFunctions';
import { causalAttention } from '../causalAttention';
import { type Asking, type CausalLayout, throughLayers } from '../causalLayout';
import { causalModel } from '../causalModel';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { normalise, project, readLayerNorm, readLinear } from '../modules';
import { readRope } from '../rope';
import { type Turn, rotaryTables, rotaryTurn } from '../rotaryTables';

/**
 * GPT-J: Wang and Komatsuzaki 2021 (its code is the paper). Rotary positions on the first numbers of each head, whose pairs are neighbours;
 * attention without biases and feed-forward network side by side behind one norm; a head of its own with a bias. Tensor names are those of
 * Hugging Face checkpoints.
 */
export function gptj(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const c = readConfiguration(configuration);
  tensors.readNames({ base: 'transformer' });
  const w = readWeights(c, tensors);
  const { width, layers, heads, vocabulary, endToken } = c;
  return causalModel(
    {
      ...{ width, layers, heads, vocabulary, endToken, maxPositions: c.rope.maxPositions },
      embeddings: embeddingName,
      logits: (x, layout) => {
        const turn = rotaryTurn(c.rope, layout.sequence);
        const y = throughLayers(layout, x, w.layers, (rows, layer, asking) =>
          block(c, layer, rows, layout, asking, turn),
        );
        return linear(normalise(y, w.norm, c.epsilon), w.head, w.headBias);
      },
      tables: (sequence, whole) => rotaryTables(c.rope, sequence, whole),
    },
    tensors,
  );
}

type GptjConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration) {
  const width = configuration.count(configuration.nameOf('n_embd', 'hidden_size'));
  const headsName = configuration.nameOf('n_head', 'num_attention_heads');
  const heads = configuration.count(headsName);
  if (width % heads !== 0) configuration.reject(headsName, `, it must divide the width, ${width}`);
  const headWidth = width / heads;
  if (configuration.isNull('rotary_dim')) configuration.reject('rotary_dim', ', it must be a number');
  const turned = configuration.count('rotary_dim', 64);
  if (turned % 2 !== 0 || turned > headWidth)
    configuration.reject('rotary_dim', `, it must be even and no more than a head's ${headWidth} numbers`);
  // transformers writes both and reads neither.
  configuration.ignore('rotary', 'scale_attn_weights');
  const maxPositions = configuration.count(configuration.nameOf('n_positions', 'max_position_embeddings'), 2048);
  return {
    width,
    heads,
    headWidth,
    innerWidth: configuration.count('n_inner', 4 * width),
    layers: configuration.count(configuration.nameOf('n_layer', 'num_hidden_layers')),
    vocabulary: configuration.count('vocab_size'),
    rope: { ...readRope(undefined, { width: turned, maxPositions, theta: 10000 }), pairs: 'neighbours' as const },
    activation: readActivation(configuration, 'activation_function', 'gelu_new'),
    epsilon: configuration.positive('layer_norm_epsilon', 1e-5),
    tied: configuration.flag('tie_word_embeddings', false),
    endToken: configuration.tokenId('eos_token_id'),
  };
}

const prefix = 'transformer.';
const embeddingName = `${prefix}wte.weight`;

function readWeights(c: GptjConfiguration, tensors: FrozenTensors) {
  const norm = (name: string) => readLayerNorm(tensors, prefix + name, c.width);
  const map = (name: string, out: number, within: number, biased: boolean) =>
    readLinear(tensors, prefix + name, [out, within], biased);
  return {
    layers: Array.from({ length: c.layers }, (_, i) => ({
      norm: norm(`h.${i}.ln_1`),
      query: map(`h.${i}.attn.q_proj`, c.width, c.width, false),
      key: map(`h.${i}.attn.k_proj`, c.width, c.width, false),
      value: map(`h.${i}.attn.v_proj`, c.width, c.width, false),
      output: map(`h.${i}.attn.out_proj`, c.width, c.width, false),
      inward: map(`h.${i}.mlp.fc_in`, c.innerWidth, c.width, true),
      outward: map(`h.${i}.mlp.fc_out`, c.width, c.innerWidth, true),
    })),
    norm: norm('ln_f'),
    head: tensors.head({ embeddings: embeddingName, tied: c.tied }, [c.vocabulary, c.width]),
    headBias: tensors.tensor('lm_head.bias', [c.vocabulary]),
  };
}

type LayerWeights = ReturnType<typeof readWeights>['layers'][number];

/** One layer: x [rows, D] -> the rows that ask, [asking, D]. Both parts read what one norm makes of x. */
function block(
  c: GptjConfiguration,
  w: LayerWeights,
  x: Value,
  layout: CausalLayout,
  asking: Asking,
  turn: Turn,
): Value {
  const read = normalise(x, w.norm, c.epsilon);
  const own = asking.from(read);
  const projections = { query: project(own, w.query), key: project(read, w.key), value: project(read, w.value) };
  const attended = causalAttention(layout, asking, projections, {
    ...{ heads: c.heads, groups: c.heads, headWidth: c.headWidth, scale: c.headWidth ** -0.5 },
    turn,
  });
  const inner = project(c.activation(project(own, w.inward)), w.outward);
  return add(asking.from(x), add(project(attended, w.output), inner));
}
