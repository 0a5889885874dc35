import { rmsNorm } from '../../graph/composites/normalization';
import { type Dim, sumOf } from '../../graph/dimension';
import { input } from '../../graph/leaves';
import { linear } from '../../graph/operators/contraction';
import { add, mul } from '../../graph/operators/elementwise';
import { gather } from '../../graph/operators/indexing';
import { concat, expand, reshape, unsqueeze } from '../../graph/operators/shaping';
import { type Value, scope } from '../../graph/value';
import { type ActivationName, activations } from '../activationFunctions';
import { causalBias } from '../causalBatch';
import { seenTogether } from '../causalLayout';
import type { Configuration } from '../configuration';
import { encoderDecoderFeeds } from '../encoderDecoderBatch';
import type { FrozenTensors } from '../frozenTensors';
import type { KeysAndValues, PastLayers } from '../generation/pastLayers';
import type { LanguageModel } from '../languageModel';
import {
  type AttentionWeights,
  type Side,
  attend,
  attendMemory,
  keysAndValues,
  queries,
  readAttention,
} from '../t5Attention';
import { bucketsBetween, relativeBias, relativeBuckets } from '../relativePositions';

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
  return t5Family(configuration, tensors, { feedForward: 'relu', scaledOutput, tied });
}

export interface T5Variant {
  /** What `feed_forward_proj` is where config.json does not tell it. */
  readonly feedForward: keyof typeof feedForwards;
  /** Whether the decoder's output is scaled by d^-0.5 before the head. */
  readonly scaledOutput: boolean;
  /** Whether config.json says that the head is the embeddings; a head that is stored is used in either case. */
  readonly tied: boolean;
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
  const { scaledOutput, tied } = variant;
  const c = { ...readConfiguration(configuration, variant), scaledOutput, tied };
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
    embeddings: tensors.place(textEmbeddings, [c.vocabulary, c.width]),
    embeddingScale: 1,
    targetLogits: (prompt) => targetLogits(c, w, prompt),
    continuation: {
      kind: 'encoder-decoder',
      startToken: c.startToken,
      crossAttention(prompt) {
        const side = encoderSide('batch', prompt);
        return crossAttention(c, w, encode(c, w, prompt, encoderMask(side.length)), side);
      },
      encoderFeeds: (length) => ({ encoderBuckets: relativeBuckets(length, true, c.buckets, c.maxDistance) }),
      nextLogits: (past, cross) => nextLogits(c, w, past, cross),
      decoderFeeds: (position, slots) => ({
        decoderBuckets: bucketsBetween([position], [...Array(slots).keys(), position], false, c.buckets, c.maxDistance),
      }),
    },
    feeds(examples, promptLength, _, padding) {
      const { feeds, encoderLength, decoderLength } = encoderDecoderFeeds(
        examples,
        promptLength,
        c.startToken,
        padding,
      );
      return {
        ...feeds,
        causalBias: causalBias(decoderLength),
        encoderBuckets: relativeBuckets(encoderLength, true, c.buckets, c.maxDistance),
        decoderBuckets: relativeBuckets(decoderLength, false, c.buckets, c.maxDistance),
      };
    },
  };
}

type T5Configuration = ReturnType<typeof readConfiguration> & Pick<T5Variant, 'scaledOutput' | 'tied'>;

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

/** What the encoder reads its text by, and so what a prompt in front of it stands beside. */
const textEmbeddings = 'encoder.embed_tokens.weight';
const head = 'lm_head.weight';

function readWeights(c: T5Configuration, tensors: FrozenTensors) {
  // The first published files hold positions for the attention to the encoder, which has none.
  tensors.readNames({ base: 'transformer', unused: /EncDecAttention\.relative_attention_bias\.weight$/ });
  // One matrix in four places, of which a file may hold any, and more than one.
  tensors.tie(['shared.weight', textEmbeddings, 'decoder.embed_tokens.weight', head], c.tied ? [] : [head]);
  const matrix = (name: string): Value => tensors.tensor(name, [c.vocabulary, c.width]);
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
    encoder: {
      ...encoder,
      embeddings: matrix(textEmbeddings),
      blocks: encoder.blocks.map((layer) => ({
        selfNorm: norm(`${layer}.0`),
        self: readAttention(c, tensors, `${layer}.0.SelfAttention`),
        feedForwardNorm: norm(`${layer}.1`),
        feedForward: readFeedForward(c, tensors, `${layer}.1.DenseReluDense`),
      })),
    },
    decoder: {
      ...decoder,
      embeddings: matrix('decoder.embed_tokens.weight'),
      blocks: decoder.blocks.map((layer) => ({
        selfNorm: norm(`${layer}.0`),
        self: readAttention(c, tensors, `${layer}.0.SelfAttention`),
        crossNorm: norm(`${layer}.1`),
        cross: readAttention(c, tensors, `${layer}.1.EncDecAttention`),
        feedForwardNorm: norm(`${layer}.2`),
        feedForward: readFeedForward(c, tensors, `${layer}.2.DenseReluDense`),
      })),
    },
    head: matrix(head),
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
type Block = T5Weights['encoder']['blocks'][number];
type FeedForwardWeights = ReturnType<typeof readFeedForward>;

/** Logits at the target positions, [targets, V]. */
function targetLogits(c: T5Configuration, w: T5Weights, prompt: Value | undefined): Value {
  const { length } = encoderSide('rows', prompt);
  // One row of the encoder may serve several of the decoder, each with its own target.
  const encoderRows = input('encoderRows', 'int64', ['rows']);
  const mask = encoderMask(length);
  const memory = gather(reshape(encode(c, w, prompt, mask), ['batch', length, c.width]), encoderRows);
  const crossMask = gather(mask, encoderRows);
  const decoded = decode(c, w, {
    ids: input('decoderIds', 'int64', ['rows', 'decoder']),
    buckets: input('decoderBuckets', 'int64', ['decoder', 'decoder']),
    mask: input('causalBias', 'float', ['decoder', 'decoder']),
    cross: (attention, _, x, side) => attendMemory(c, attention, x, side, memory, crossMask),
    extend: (own) => own,
  });
  return headLogits(c, w, gather(decoded, input('targetRows', 'int64', ['targets'])));
}

/** Logits [rows, V] of the token that follows one new token a row, `decoderIds` [rows, 1], behind its past. */
function nextLogits(c: T5Configuration, w: T5Weights, past: PastLayers, cross: readonly KeysAndValues[]): Value {
  const crossMask = unsqueeze(unsqueeze(input('crossMask', 'float', ['rows', 'encoder']), 1), 1);
  const decoded = decode(c, w, {
    ids: input('decoderIds', 'int64', ['rows', 1]),
    buckets: input('decoderBuckets', 'int64', [1, 'past + 1']),
    mask: unsqueeze(input('causalBias', 'float', ['rows', 1, 'past + 1']), 1),
    cross: (attention, layer, x, side) =>
      attend(c, attention, queries(c, attention, x, side), side, cross[layer]!, crossMask),
    extend: (own) => past.extend(own),
  });
  return headLogits(c, w, decoded);
}

/** [rows, D] of the decoder -> [rows, V]. */
function headLogits(c: T5Configuration, w: T5Weights, decoded: Value): Value {
  const normed = rmsNorm(decoded, w.decoder.norm, c.epsilon);
  return linear(c.scaledOutput ? mul(normed, c.width ** -0.5) : normed, w.head);
}

/** The rows of the encoder: prompt and text. */
function encoderSide(rows: Dim, prompt: Value | undefined): Side {
  return { rows, length: sumOf(prompt?.shape.at(-2) ?? 0, 'text') };
}

/** Added to the scores of attention to the encoder's rows, [batch, 1, 1, sequence]: an input, so made once a graph. */
function encoderMask(sequence: Dim): Value {
  return unsqueeze(unsqueeze(input('encoderMask', 'float', ['batch', sequence]), 1), 1);
}

/** The encoder's output, [batch * sequence, D]; its activations are kept in that shape. */
function encode(c: T5Configuration, w: T5Weights, prompt: Value | undefined, mask: Value): Value {
  const text = gather(w.encoder.embeddings, input('ids', 'int64', ['batch', 'text']));
  let x = reshape(
    prompt === undefined ? text : concat([expand(prompt, ['batch', prompt.shape.at(-2)!, c.width]), text], 1),
    [-1, c.width],
  );
  const side = encoderSide('batch', prompt);
  const buckets = input('encoderBuckets', 'int64', [side.length, side.length]);
  const bias = add(relativeBias(w.encoder.relativeBias, buckets), mask);
  for (const [i, block] of w.encoder.blocks.entries()) {
    x = scope(`encoder.${i}`, () => {
      const own = i === 0 ? firstProjections(c, block, text, prompt) : projections(c, block, x, side);
      const z = add(x, attend(c, block.self, own.query, side, own, bias));
      return add(z, feedForward(c, block.feedForward, rmsNorm(z, block.feedForwardNorm, c.epsilon)));
    });
  }
  return rmsNorm(x, w.encoder.norm, c.epsilon);
}

/** What meets in the self-attention of a block, of rows `x` before its norm. */
function projections(
  c: T5Configuration,
  { self, selfNorm }: Pick<Block, 'self' | 'selfNorm'>,
  x: Value,
  side: Side,
): KeysAndValues & { readonly query: Value } {
  const y = rmsNorm(x, selfNorm, c.epsilon);
  return { query: queries(c, self, y, side), ...keysAndValues(c, self, y, side) };
}

/**
 * The same of the encoder's first block, prompt and text apart: a prompt that all rows share is projected once, and as the embeddings of
 * the text are given, no gradient goes through their projections.
 */
function firstProjections(
  c: T5Configuration,
  block: Pick<Block, 'self' | 'selfNorm'>,
  text: Value,
  prompt: Value | undefined,
): ReturnType<typeof projections> {
  const ofText = projections(c, block, reshape(text, [-1, c.width]), { rows: 'batch', length: 'text' });
  if (prompt === undefined) return ofText;
  const side = { rows: prompt.shape.length === 3 ? 'batch' : 1, length: prompt.shape.at(-2)! };
  const ofPrompt = projections(c, block, reshape(prompt, [-1, c.width]), side);
  const together = (part: 'query' | 'keys' | 'values'): Value => seenTogether([ofPrompt[part], ofText[part]], 'batch');
  return { query: together('query'), keys: together('keys'), values: together('values') };
}

/** What the decoder's layers see of the encoder's output `memory` [rows * sequence, D], layer by layer. */
function crossAttention(c: T5Configuration, w: T5Weights, memory: Value, side: Side): KeysAndValues[] {
  return w.decoder.blocks.map(({ cross }) => keysAndValues(c, cross, memory, side));
}

interface DecoderInput {
  /** [rows, tokens]. */
  readonly ids: Value;
  /** Bucket of the distance from each token to each key, [tokens, keys]. */
  readonly buckets: Value;
  /** Added to the scores of self-attention. */
  readonly mask: Value;
  /** Attention of a layer's rows x [rows * tokens, D] to the encoder's output: [rows * tokens, D]. */
  readonly cross: (attention: AttentionWeights, layer: number, x: Value, side: Side) => Value;
  /** A layer's keys and values of these tokens -> all that the tokens see. */
  readonly extend: (own: KeysAndValues) => KeysAndValues;
}

/** The decoder's output before its last norm, [rows * tokens, D]. */
function decode(c: T5Configuration, w: T5Weights, { ids, buckets, mask, cross, extend }: DecoderInput): Value {
  const bias = add(relativeBias(w.decoder.relativeBias, buckets), mask);
  const side: Side = { rows: ids.shape[0]!, length: ids.shape[1]! };
  let x = reshape(gather(w.decoder.embeddings, ids), [-1, c.width]);
  for (const [i, block] of w.decoder.blocks.entries()) {
    x = scope(`decoder.${i}`, () => {
      const { query, ...own } = projections(c, block, x, side);
      const z = add(x, attend(c, block.self, query, side, extend(own), bias));
      const u = add(z, cross(block.cross, i, rmsNorm(z, block.crossNorm, c.epsilon), side));
      return add(u, feedForward(c, block.feedForward, rmsNorm(u, block.feedForwardNorm, c.epsilon)));
    });
  }
  return x;
}

function feedForward(c: T5Configuration, w: FeedForwardWeights, x: Value): Value {
  const gate = c.activation(linear(x, w.gate ?? w.input));
  const inner = w.gate === undefined ? gate : mul(gate, linear(x, w.input));
  return linear(inner, w.output);
}
