import { linear } from '../../graph/operators/contraction';
import { add } from '../../graph/operators/elementwise';
import { reshape, slice } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import { readActivation } from '../activationFunctions';
import { causalAttention } from '../causalAttention';
import { type Asking, type CausalLayout, throughLayers } from '../causalLayout';
import { causalModel } from '../causalModel';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { normalise, project, readLayerNorm, readLinear } from '../modules';
import { readRope, ropeFields } from '../rope';
import { type Turn, rotaryTables, rotaryTurn } from '../rotaryTables';

/**
 * GPT-NeoX: Black et al. 2022, section 2.1; Pythia (Biderman et al. 2023) are models of it. Rotary positions on a part of each head,
 * attention and feed-forward network side by side, an untied head. Tensor names are those of Hugging Face checkpoints.
 */
export function gptNeox(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const c = readConfiguration(configuration);
  // transformers 4 called the head "embed_out".
  tensors.readNames({ base: 'gpt_neox', older: [{ now: 'lm_head.', before: 'embed_out.' }] });
  const w = readWeights(c, tensors);
  const { width, layers, heads, vocabulary, endToken } = c;
  return causalModel(
    {
      ...{ width, layers, heads, vocabulary, endToken, maxPositions: c.rope.maxPositions, embeddings: embeddingName },
      logits: (x, layout) => {
        const turn = rotaryTurn(c.rope, layout.sequence);
        const y = throughLayers(layout, x, w.layers, (rows, layer, asking) =>
          block(c, layer, rows, layout, asking, turn),
        );
        return linear(normalise(y, w.norm, c.epsilon), w.head);
      },
      tables: (sequence, whole) => rotaryTables(c.rope, sequence, whole),
      sameTablesUpTo: c.rope.sameUpTo,
    },
    tensors,
  );
}

type NeoxConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration) {
  const width = configuration.count('hidden_size');
  const heads = configuration.count('num_attention_heads');
  if (width % heads !== 0) configuration.reject('num_attention_heads', `, it must divide "hidden_size", ${width}`);
  // transformers 4 had names of its own for the base of the rope and for the part of a head that it turns, and saved both twice.
  const scaling = ropeFields(configuration);
  const theta = configuration.positive('rotary_emb_base', 10000);
  const older = configuration.positive('rotary_pct', 0.25);
  configuration.refuse('rope_theta', theta, 'another base than "rotary_emb_base"');
  configuration.refuse('partial_rotary_factor', older, 'another part of a head than "rotary_pct"');
  const share = scaling?.positive('partial_rotary_factor', older) ?? older;
  const turned = Math.floor((width / heads) * share);
  if (turned % 2 !== 0 || turned === 0 || turned > width / heads)
    configuration.reject('rotary_pct', `; ${share} of a head's ${width / heads} numbers is no even part`);
  return {
    width,
    heads,
    headWidth: width / heads,
    innerWidth: configuration.count('intermediate_size'),
    layers: configuration.count('num_hidden_layers'),
    vocabulary: configuration.count('vocab_size'),
    rope: readRope(scaling, {
      width: turned,
      maxPositions: configuration.count('max_position_embeddings', 2048),
      theta,
    }),
    activation: readActivation(configuration, 'hidden_act', 'gelu'),
    epsilon: configuration.positive('layer_norm_eps', 1e-5),
    biased: configuration.flag('attention_bias', true),
    parallel: configuration.flag('use_parallel_residual', true),
    tied: configuration.flag('tie_word_embeddings', false),
    endToken: configuration.tokenId('eos_token_id'),
  };
}

const embeddingName = 'gpt_neox.embed_in.weight';

function readWeights(c: NeoxConfiguration, tensors: FrozenTensors) {
  return {
    layers: Array.from({ length: c.layers }, (_, i) => {
      const name = `gpt_neox.layers.${i}`;
      return {
        attentionNorm: readLayerNorm(tensors, `${name}.input_layernorm`, c.width),
        queryKeyValue: readLinear(tensors, `${name}.attention.query_key_value`, [3 * c.width, c.width], c.biased),
        output: readLinear(tensors, `${name}.attention.dense`, [c.width, c.width], c.biased),
        feedForwardNorm: readLayerNorm(tensors, `${name}.post_attention_layernorm`, c.width),
        inward: readLinear(tensors, `${name}.mlp.dense_h_to_4h`, [c.innerWidth, c.width], true),
        outward: readLinear(tensors, `${name}.mlp.dense_4h_to_h`, [c.width, c.innerWidth], true),
      };
    }),
    norm: readLayerNorm(tensors, 'gpt_neox.final_layer_norm', c.width),
    head: tensors.head({ embeddings: embeddingName, tied: c.tied }, [c.vocabulary, c.width]),
  };
}

type LayerWeights = ReturnType<typeof readWeights>['layers'][number];

/** One layer: x [rows, D] -> the rows that ask, [asking, D]. Both parts read x where the residual is parallel; else one after the other. */
function block(
  c: NeoxConfiguration,
  w: LayerWeights,
  x: Value,
  layout: CausalLayout,
  asking: Asking,
  turn: Turn,
): Value {
  const own = asking.from(x);
  const y = add(own, selfAttention(c, w, normalise(x, w.attentionNorm, c.epsilon), layout, asking, turn));
  const read = normalise(c.parallel ? own : y, w.feedForwardNorm, c.epsilon);
  return add(y, project(c.activation(project(read, w.inward)), w.outward));
}

function selfAttention(
  c: NeoxConfiguration,
  w: LayerWeights,
  x: Value,
  layout: CausalLayout,
  asking: Asking,
  turn: Turn,
): Value {
  // Query, key and value of a head lie behind each other, head by head.
  const joined = reshape(project(x, w.queryKeyValue), [-1, c.heads, 3 * c.headWidth]);
  const part = (i: number): Value => reshape(slice(joined, 2, i * c.headWidth, (i + 1) * c.headWidth), [-1, c.width]);
  const projections = { query: asking.from(part(0)), key: part(1), value: part(2) };
  const attended = causalAttention(layout, asking, projections, {
    ...{ heads: c.heads, groups: c.heads, headWidth: c.headWidth, scale: c.headWidth ** -0.5 },
    turn,
  });
  return project(attended, w.output);
}
