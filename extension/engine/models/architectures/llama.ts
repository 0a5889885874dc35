import { attention } from '../../graph/composites/attention';
import { silu } from '../../graph/composites/activations';
import { rmsNorm } from '../../graph/composites/normalization';
import { rotary } from '../../graph/composites/rotary';
import { type Dim, productOf, sumOf } from '../../graph/dimension';
import { input } from '../../graph/leaves';
import { linear } from '../../graph/operators/contraction';
import { add, mul } from '../../graph/operators/elementwise';
import { gather } from '../../graph/operators/indexing';
import { concat, expand, reshape, transpose, unsqueeze } from '../../graph/operators/shaping';
import type { Feed } from '../../graph/session';
import { type Value, scope } from '../../graph/value';
import { type CausalInputs, causalFeeds, causalInputs } from '../causalBatch';
import type { Configuration } from '../configuration';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';

/**
 * The Llama family: Touvron et al. 2023, section 2.2 (pre-normalisation with RMS norm, SwiGLU, rotary positions), with
 * grouped-query attention (Ainslie et al. 2023) and a head that may be tied to the embeddings. Tensor names are those of
 * Hugging Face checkpoints.
 */
export function llama(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const c = readConfiguration(configuration);
  const w = readWeights(c, tensors);
  return {
    kind: 'causal',
    width: c.width,
    layers: c.layers,
    heads: c.heads,
    vocabulary: c.vocabulary,
    maxPositions: c.maxPositions,
    parameters: tensors.parameters,
    endToken: c.endToken,
    embeddings: tensors.place(embeddingName, [c.vocabulary, c.width]),
    targetLogits: (prompt) => targetLogits(c, w, prompt),
    feeds(examples, promptLength) {
      const { feeds, sequence } = causalFeeds(examples, promptLength, c.maxPositions);
      return { ...feeds, ...rotaryTables(sequence, c.headWidth, c.ropeTheta) };
    },
  };
}

type LlamaConfiguration = ReturnType<typeof readConfiguration>;

function readConfiguration(configuration: Configuration) {
  const width = configuration.count('hidden_size');
  const heads = configuration.count('num_attention_heads');
  configuration.choice('hidden_act', ['silu'], 'silu');
  configuration.refuse('attention_bias', false, 'attention with biases');
  configuration.refuse('mlp_bias', false, 'a feed-forward network with biases');
  // transformers 5 keeps both in "rope_parameters"; before, they were "rope_theta" and "rope_scaling".
  const rope = configuration.nested('rope_parameters') ?? configuration.nested('rope_scaling');
  rope?.choice(rope.has('type') ? 'type' : 'rope_type', ['default'], 'default');
  return {
    width,
    heads,
    groups: configuration.count('num_key_value_heads', heads),
    headWidth: configuration.count('head_dim', width / heads),
    innerWidth: configuration.count('intermediate_size'),
    layers: configuration.count('num_hidden_layers'),
    vocabulary: configuration.count('vocab_size'),
    maxPositions: configuration.count('max_position_embeddings', 2048),
    epsilon: configuration.positive('rms_norm_eps', 1e-6),
    ropeTheta: (rope?.has('rope_theta') ? rope : configuration).positive('rope_theta', 10000),
    tied: configuration.flag('tie_word_embeddings', false),
    endToken: configuration.tokenId('eos_token_id'),
  };
}

const embeddingName = 'model.embed_tokens.weight';

function readWeights(c: LlamaConfiguration, tensors: FrozenTensors) {
  const embeddings = tensors.tensor(embeddingName, [c.vocabulary, c.width]);
  return {
    embeddings,
    layers: Array.from({ length: c.layers }, (_, i) => readLayer(c, tensors, `model.layers.${i}`)),
    norm: tensors.tensor('model.norm.weight', [c.width]),
    head: c.tied ? embeddings : tensors.tensor('lm_head.weight', [c.vocabulary, c.width]),
  };
}

type LlamaWeights = ReturnType<typeof readWeights>;
type LayerWeights = LlamaWeights['layers'][number];

function readLayer(c: LlamaConfiguration, tensors: FrozenTensors, name: string) {
  const tensor = (part: string, ...shape: number[]): Value => tensors.tensor(`${name}.${part}.weight`, shape);
  return {
    attentionNorm: tensor('input_layernorm', c.width),
    query: tensor('self_attn.q_proj', c.heads * c.headWidth, c.width),
    key: tensor('self_attn.k_proj', c.groups * c.headWidth, c.width),
    value: tensor('self_attn.v_proj', c.groups * c.headWidth, c.width),
    output: tensor('self_attn.o_proj', c.width, c.heads * c.headWidth),
    feedForwardNorm: tensor('post_attention_layernorm', c.width),
    gate: tensor('mlp.gate_proj', c.innerWidth, c.width),
    up: tensor('mlp.up_proj', c.innerWidth, c.width),
    down: tensor('mlp.down_proj', c.width, c.innerWidth),
  };
}

/** Which rows of [batch * sequence] ask, and how they see the others. */
interface Queries {
  /** Queries in a row of the batch. */
  readonly length: Dim;
  /** Picks the rows that ask: [batch * sequence, width] -> [batch * length, width]. */
  readonly rows: (x: Value) => Value;
  /** Rotary tables of the queries' positions. */
  readonly cosine: Value;
  readonly sine: Value;
  /** Added to their scores; broadcasts to [batch, heads, length, sequence]. */
  readonly bias: Value;
}

/** Logits at the target positions, [targets, V]. Activations are kept as [batch * sequence, D]. */
function targetLogits(c: LlamaConfiguration, w: LlamaWeights, prompt: Value | undefined): Value {
  const sequence = prompt === undefined ? 'text' : sumOf(prompt.shape.at(-2)!, 'text');
  const batch = causalInputs(sequence);
  const cosine = input('cosine', 'float', [sequence, c.headWidth / 2]);
  const sine = input('sine', 'float', [sequence, c.headWidth / 2]);

  const everywhere: Queries = { length: sequence, rows: (x) => x, cosine, sine, bias: batch.causalBias };
  const atTargets = queriesAtTargets(batch, cosine, sine);

  let x = embed(w.embeddings, prompt, batch.ids);
  for (const [i, layer] of w.layers.entries()) {
    const queries = i === w.layers.length - 1 ? atTargets : everywhere;
    x = scope(`layers.${i}`, () => block(c, layer, x, everywhere, queries));
  }
  return linear(gather(rmsNorm(x, w.norm, c.epsilon), batch.targetSlots), w.head);
}

/** [prompt ; E(ids)] in every row: [batch * sequence, D]. */
function embed(embeddings: Value, prompt: Value | undefined, ids: Value): Value {
  const text = gather(embeddings, ids);
  const [batch, , width] = text.shape as [Dim, Dim, Dim];
  const x = prompt === undefined ? text : concat([expand(prompt, [batch, prompt.shape.at(-2)!, width]), text], 1);
  return reshape(x, [-1, width]);
}

/** Nothing reads the last layer but the target positions, so only they ask there. */
function queriesAtTargets({ slotPositions, slotRows, causalBias }: CausalInputs, cosine: Value, sine: Value): Queries {
  return {
    length: 'slots',
    rows: (x) => reshape(gather(x, slotRows), [-1, x.shape[1]!]),
    cosine: unsqueeze(gather(cosine, slotPositions), 1),
    sine: unsqueeze(gather(sine, slotPositions), 1),
    bias: unsqueeze(gather(causalBias, slotPositions), 1),
  };
}

/** One layer: x [batch * sequence, D] -> the rows that `queries` picks, [batch * length, D]. */
function block(c: LlamaConfiguration, w: LayerWeights, x: Value, keys: Queries, queries: Queries): Value {
  const y = add(queries.rows(x), selfAttention(c, w, rmsNorm(x, w.attentionNorm, c.epsilon), keys, queries));
  return add(y, feedForward(w, rmsNorm(y, w.feedForwardNorm, c.epsilon)));
}

function selfAttention(c: LlamaConfiguration, w: LayerWeights, x: Value, keys: Queries, queries: Queries): Value {
  const heads = (y: Value, count: number, length: Dim): Value =>
    transpose(reshape(y, ['batch', length, count, c.headWidth]), [0, 2, 1, 3]);
  const query = rotary(heads(linear(queries.rows(x), w.query), c.heads, queries.length), queries.cosine, queries.sine);
  const key = rotary(heads(linear(x, w.key), c.groups, keys.length), keys.cosine, keys.sine);
  const value = heads(linear(x, w.value), c.groups, keys.length);
  const attended = attention(query, key, value, { scale: c.headWidth ** -0.5, bias: queries.bias });
  const rows = productOf(['batch', queries.length]);
  return linear(reshape(transpose(attended, [0, 2, 1, 3]), [rows, c.heads * c.headWidth]), w.output);
}

/** SwiGLU: Shazeer 2020, equation 6. */
function feedForward(w: LayerWeights, x: Value): Value {
  return linear(mul(silu(linear(x, w.gate)), linear(x, w.up)), w.down);
}

/** cos and sin of position * theta^(-2i / width), [length, width / 2] each: Su et al. 2021, equation 15. */
function rotaryTables(length: number, width: number, theta: number): Record<'cosine' | 'sine', Feed> {
  const half = width / 2;
  const angle = (index: number): number => Math.floor(index / half) * theta ** (-(index % half) / half);
  const shape = [length, half];
  const table = (f: (angle: number) => number): Feed => ({
    data: Float64Array.from({ length: length * half }, (_, index) => f(angle(index))),
    shape,
  });
  return { cosine: table(Math.cos), sine: table(Math.sin) };
}
