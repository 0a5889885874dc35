import { attention } from '../../graph/composites/attention';
import { rmsNorm } from '../../graph/composites/normalization';
import { type Dim, productOf, sumOf } from '../../graph/dimension';
import { input } from '../../graph/leaves';
import { linear } from '../../graph/operators/contraction';
import { add, mul } from '../../graph/operators/elementwise';
import { gather } from '../../graph/operators/indexing';
import { concat, expand, reshape, transpose, unsqueeze } from '../../graph/operators/shaping';
import type { Feed } from '../../graph/session';
import { type Value, scope } from '../../graph/value';
import { type ActivationName, activations } from '../activationFunctions';
import { causalBias } from '../causalBatch';
import type { Configuration } from '../configuration';
import { encoderDecoderFeeds } from '../encoderDecoderBatch';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';

/**
 * T5: Raffel et al. 2020, section 2.1. RMS norm before every part, no biases, attention scores without a scale but with a learned
 * bias for each bucket of relative distance, which all layers of a stack share. Version 1.0 has a ReLU feed-forward network and
 * scales the decoder's output by d^-0.5 before the tied head; version 1.1 has gated GELU (Shazeer 2020) and a head of its own.
 * The soft prompt stands in front of the encoder's input. Tensor names are those of Hugging Face checkpoints.
 */
export function t5(configuration: Configuration, tensors: FrozenTensors): LanguageModel {
  const tied = configuration.flag('tie_word_embeddings', true);
  // transformers 5 writes whether the output is scaled; before, it was scaled exactly where the head was tied.
  const scaledOutput = configuration.flag('scale_decoder_outputs', tied);
  return t5Family(configuration, tensors, { feedForward: 'relu', scaledOutput });
}

export interface T5Variant {
  /** What `feed_forward_proj` is where config.json does not tell it. */
  readonly feedForward: keyof typeof feedForwards;
  /** Whether the decoder's output is scaled by d^-0.5 before the head. */
  readonly scaledOutput: boolean;
}

/** By `feed_forward_proj`; T5 calls the approximation by tanh gelu where it is gated, but not elsewhere. */
const feedForwards = {
  relu: { gated: false, activation: 'relu' },
  gelu: { gated: false, activation: 'gelu' },
  gelu_new: { gated: false, activation: 'gelu_new' },
  silu: { gated: false, activation: 'silu' },
  'gated-relu': { gated: true, activation: 'relu' },
  'gated-gelu': { gated: true, activation: 'gelu_new' },
  'gated-silu': { gated: true, activation: 'silu' },
} satisfies Record<string, { readonly gated: boolean; readonly activation: ActivationName }>;

/** A model of T5's blocks. */
export function t5Family(configuration: Configuration, tensors: FrozenTensors, variant: T5Variant): LanguageModel {
  const c = { ...readConfiguration(configuration, variant), scaledOutput: variant.scaledOutput };
  const w = readWeights(c, tensors);
  return {
    kind: 'encoder-decoder',
    width: c.width,
    layers: c.encoderLayers,
    heads: c.heads,
    vocabulary: c.vocabulary,
    maxPositions: c.maxPositions,
    parameters: tensors.parameters,
    endToken: c.endToken,
    embeddings: tensors.place(embeddingName, [c.vocabulary, c.width]),
    embeddingScale: 1,
    targetLogits: (prompt) => targetLogits(c, w, prompt),
    feeds(examples, promptLength) {
      const { feeds, encoderLength, decoderLength } = encoderDecoderFeeds(examples, promptLength, c.startToken);
      return {
        ...feeds,
        causalBias: causalBias(decoderLength),
        encoderBuckets: relativeBuckets(encoderLength, true, c.buckets, c.maxDistance),
        decoderBuckets: relativeBuckets(decoderLength, false, c.buckets, c.maxDistance),
      };
    },
  };
}

type T5Configuration = ReturnType<typeof readConfiguration> & Pick<T5Variant, 'scaledOutput'>;

function readConfiguration(configuration: Configuration, variant: T5Variant) {
  const encoderLayers = configuration.count('num_layers');
  configuration.refuse('is_encoder_decoder', true, 'half of an encoder-decoder');
  const names = Object.keys(feedForwards) as (keyof typeof feedForwards)[];
  const { gated, activation } = feedForwards[configuration.choice('feed_forward_proj', names, variant.feedForward)];
  // transformers 5 also writes what follows from that.
  configuration.choice('dense_act_fn', [activation], activation);
  configuration.refuse('is_gated_act', gated, 'another gate than "feed_forward_proj" tells');
  return {
    width: configuration.count('d_model'),
    heads: configuration.count('num_heads'),
    headWidth: configuration.count('d_kv'),
    innerWidth: configuration.count('d_ff'),
    encoderLayers,
    decoderLayers: configuration.count('num_decoder_layers', encoderLayers),
    vocabulary: configuration.count('vocab_size'),
    maxPositions: configuration.count('n_positions', 512),
    buckets: configuration.count('relative_attention_num_buckets', 32),
    maxDistance: configuration.count('relative_attention_max_distance', 128),
    epsilon: configuration.positive('layer_norm_epsilon', 1e-6),
    gated,
    activation: activations[activation],
    startToken: configuration.tokenId('decoder_start_token_id') ?? configuration.tokenId('pad_token_id') ?? 0,
    endToken: configuration.tokenId('eos_token_id') ?? 1,
  };
}

const embeddingName = 'shared.weight';

function readWeights(c: T5Configuration, tensors: FrozenTensors) {
  const embeddings = tensors.tensor(embeddingName, [c.vocabulary, c.width]);
  const stack = (name: 'encoder' | 'decoder', layers: number) => {
    const bias = `${name}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`;
    return {
      relativeBias: tensors.tensor(bias, [c.buckets, c.heads]),
      blocks: Array.from({ length: layers }, (_, i) => `${name}.block.${i}.layer`),
      norm: tensors.tensor(`${name}.final_layer_norm.weight`, [c.width]),
    };
  };
  const encoder = stack('encoder', c.encoderLayers);
  const decoder = stack('decoder', c.decoderLayers);
  const norm = (layer: string): Value => tensors.tensor(`${layer}.layer_norm.weight`, [c.width]);
  return {
    embeddings,
    encoder: {
      ...encoder,
      blocks: encoder.blocks.map((layer) => ({
        selfNorm: norm(`${layer}.0`),
        self: readAttention(c, tensors, `${layer}.0.SelfAttention`),
        feedForwardNorm: norm(`${layer}.1`),
        feedForward: readFeedForward(c, tensors, `${layer}.1.DenseReluDense`),
      })),
    },
    decoder: {
      ...decoder,
      blocks: decoder.blocks.map((layer) => ({
        selfNorm: norm(`${layer}.0`),
        self: readAttention(c, tensors, `${layer}.0.SelfAttention`),
        crossNorm: norm(`${layer}.1`),
        cross: readAttention(c, tensors, `${layer}.1.EncDecAttention`),
        feedForwardNorm: norm(`${layer}.2`),
        feedForward: readFeedForward(c, tensors, `${layer}.2.DenseReluDense`),
      })),
    },
    // A tied checkpoint has no tensor of its own for the head.
    head: tensors.weights.has('lm_head.weight')
      ? tensors.tensor('lm_head.weight', [c.vocabulary, c.width])
      : embeddings,
  };
}

function readAttention(c: T5Configuration, tensors: FrozenTensors, name: string) {
  const inner = c.heads * c.headWidth;
  return {
    query: tensors.tensor(`${name}.q.weight`, [inner, c.width]),
    key: tensors.tensor(`${name}.k.weight`, [inner, c.width]),
    value: tensors.tensor(`${name}.v.weight`, [inner, c.width]),
    output: tensors.tensor(`${name}.o.weight`, [c.width, inner]),
  };
}

function readFeedForward(c: T5Configuration, tensors: FrozenTensors, name: string) {
  const inward = (part: string): Value => tensors.tensor(`${name}.${part}.weight`, [c.innerWidth, c.width]);
  const output = tensors.tensor(`${name}.wo.weight`, [c.width, c.innerWidth]);
  return c.gated
    ? { gate: inward('wi_0'), input: inward('wi_1'), output }
    : { gate: undefined, input: inward('wi'), output };
}

type T5Weights = ReturnType<typeof readWeights>;
type AttentionWeights = ReturnType<typeof readAttention>;
type FeedForwardWeights = ReturnType<typeof readFeedForward>;

/** Logits at the target positions, [targets, V]. */
function targetLogits(c: T5Configuration, w: T5Weights, prompt: Value | undefined): Value {
  const sequence = prompt === undefined ? 'text' : sumOf(prompt.shape.at(-2)!, 'text');
  const encoderMask = unsqueeze(unsqueeze(input('encoderMask', 'float', ['batch', sequence]), 1), 1);
  const memory = encode(c, w, prompt, encoderMask, sequence);

  // One row of the encoder may serve several of the decoder, each with its own target.
  const encoderRows = input('encoderRows', 'int64', ['rows']);
  const memoryRows = reshape(gather(reshape(memory, ['batch', sequence, c.width]), encoderRows), [-1, c.width]);
  const decoded = decode(c, w, memoryRows, gather(encoderMask, encoderRows), sequence);
  const atTargets = gather(rmsNorm(decoded, w.decoder.norm, c.epsilon), input('targetRows', 'int64', ['targets']));
  return linear(c.scaledOutput ? mul(atTargets, c.width ** -0.5) : atTargets, w.head);
}

/** The encoder's output, [batch * sequence, D]; its activations are kept in that shape. */
function encode(c: T5Configuration, w: T5Weights, prompt: Value | undefined, mask: Value, sequence: Dim): Value {
  const text = gather(w.embeddings, input('ids', 'int64', ['batch', 'text']));
  let x = reshape(
    prompt === undefined ? text : concat([expand(prompt, ['batch', prompt.shape.at(-2)!, c.width]), text], 1),
    [-1, c.width],
  );
  const buckets = input('encoderBuckets', 'int64', [sequence, sequence]);
  const bias = add(relativeBias(w.encoder.relativeBias, buckets), mask);
  const side: Side = { rows: 'batch', length: sequence };
  for (const [i, block] of w.encoder.blocks.entries()) {
    x = scope(`encoder.${i}`, () => {
      const y = rmsNorm(x, block.selfNorm, c.epsilon);
      const z = add(x, attend(c, block.self, y, side, y, side, bias));
      return add(z, feedForward(c, block.feedForward, rmsNorm(z, block.feedForwardNorm, c.epsilon)));
    });
  }
  return rmsNorm(x, w.encoder.norm, c.epsilon);
}

/** The decoder's output before its last norm, [rows * decoder, D]; `memory` is the encoder's, [rows * sequence, D]. */
function decode(c: T5Configuration, w: T5Weights, memory: Value, memoryMask: Value, sequence: Dim): Value {
  const ids = input('decoderIds', 'int64', ['rows', 'decoder']);
  const buckets = input('decoderBuckets', 'int64', ['decoder', 'decoder']);
  const bias = add(relativeBias(w.decoder.relativeBias, buckets), input('causalBias', 'float', ['decoder', 'decoder']));
  const own: Side = { rows: 'rows', length: 'decoder' };
  const encoder: Side = { rows: 'rows', length: sequence };
  let x = reshape(gather(w.embeddings, ids), [-1, c.width]);
  for (const [i, block] of w.decoder.blocks.entries()) {
    x = scope(`decoder.${i}`, () => {
      const y = rmsNorm(x, block.selfNorm, c.epsilon);
      const z = add(x, attend(c, block.self, y, own, y, own, bias));
      const crossed = attend(c, block.cross, rmsNorm(z, block.crossNorm, c.epsilon), own, memory, encoder, memoryMask);
      const u = add(z, crossed);
      return add(u, feedForward(c, block.feedForward, rmsNorm(u, block.feedForwardNorm, c.epsilon)));
    });
  }
  return x;
}

/** How [rows * length, D] is made of rows. */
interface Side {
  readonly rows: Dim;
  readonly length: Dim;
}

/** Attention of `x` to `memory`, both [rows * length, D]; without a scale. */
function attend(
  c: T5Configuration,
  w: AttentionWeights,
  x: Value,
  xSide: Side,
  memory: Value,
  memorySide: Side,
  bias: Value,
): Value {
  const heads = (y: Value, { rows, length }: Side): Value =>
    transpose(reshape(y, [rows, length, c.heads, c.headWidth]), [0, 2, 1, 3]);
  const query = heads(linear(x, w.query), xSide);
  const key = heads(linear(memory, w.key), memorySide);
  const value = heads(linear(memory, w.value), memorySide);
  const attended = transpose(attention(query, key, value, { scale: 1, bias }), [0, 2, 1, 3]);
  return linear(reshape(attended, [productOf([xSide.rows, xSide.length]), c.heads * c.headWidth]), w.output);
}

function feedForward(c: T5Configuration, w: FeedForwardWeights, x: Value): Value {
  const gate = c.activation(linear(x, w.gate ?? w.input));
  const inner = w.gate === undefined ? gate : mul(gate, linear(x, w.input));
  return linear(inner, w.output);
}

/** Bias of each head by relative distance: table [buckets, heads], buckets [T, S] -> [1, heads, T, S]. */
function relativeBias(table: Value, buckets: Value): Value {
  return unsqueeze(transpose(gather(table, buckets), [2, 0, 1]), 0);
}

/**
 * Bucket of the distance from each query (row) to each key (column), [length, length]. Half of the buckets hold one small distance
 * each, the others grow logarithmically up to `maxDistance`; an encoder splits them between both directions.
 */
export function relativeBuckets(length: number, bidirectional: boolean, buckets: number, maxDistance: number): Feed {
  const perDirection = bidirectional ? Math.floor(buckets / 2) : buckets;
  const exact = Math.floor(perDirection / 2);
  const bucketOf = (relative: number): number => {
    const ahead = bidirectional && relative > 0 ? perDirection : 0;
    const distance = bidirectional ? Math.abs(relative) : Math.max(0, -relative);
    if (distance < exact) return ahead + distance;
    const logarithmic = Math.floor(
      (Math.log(distance / exact) / Math.log(maxDistance / exact)) * (perDirection - exact),
    );
    return ahead + Math.min(exact + logarithmic, perDirection - 1);
  };
  const data = Int32Array.from({ length: length * length }, (_, i) => bucketOf((i % length) - Math.floor(i / length)));
  return { data, shape: [length, length] };
}
