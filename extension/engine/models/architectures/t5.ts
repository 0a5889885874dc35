import { rmsNorm } from '../../graph/composites/normalization';
import type { Dim } from '../../graph/dimension';
import { input } from '../../graph/leaves';
import { linear } from '../../graph/operators/contraction';
import { add, mul } from '../../graph/operators/elementwise';
import type { Value } from '../../graph/value';
import { type ActivationName, activations } from '../activationFunctions';
import type { Configuration } from '../configuration';
import { readAttention } from '../encoderDecoderAttention';
import { type AttentionPart, type EncoderBlock, type Stack, encoderDecoderModel } from '../encoderDecoderModel';
import type { FrozenTensors } from '../frozenTensors';
import type { LanguageModel } from '../languageModel';
import { bucketsBetween, relativeBias } from '../relativePositions';

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
  const { width, heads, vocabulary, maxPositions, startToken, endToken } = c;
  return encoderDecoderModel(
    {
      ...{ width, heads, vocabulary, maxPositions, startToken, endToken, bounded: false },
      embeddings: tensors.place(textEmbeddings, [vocabulary, width]),
      encoder: stack(c, 'encoder', w.encoder, w.encoder.blocks),
      decoder: stack(c, 'decoder', w.decoder, w.decoder.blocks),
      head: (x) => linear(c.scaledOutput ? mul(x, width ** -0.5) : x, w.head),
    },
    tensors,
  );
}

type T5Configuration = ReturnType<typeof readConfiguration> & Pick<T5Variant, 'scaledOutput' | 'tied'>;

function readConfiguration(configuration: Configuration, variant: T5Variant) {
  // The second names are those that transformers reads as well (`attribute_map`).
  const encoderLayers = configuration.count(configuration.nameOf('num_layers', 'num_hidden_layers'));
  configuration.refuse('is_encoder_decoder', true, 'half of an encoder-decoder');
  const names = Object.keys(feedForwards) as (keyof typeof feedForwards)[];
  const { gated, activation } = feedForwards[configuration.choice('feed_forward_proj', names, variant.feedForward)];
  // transformers 5 also writes what follows from that.
  configuration.choice('dense_act_fn', [activation], activation);
  configuration.refuse('is_gated_act', gated, 'another gate than "feed_forward_proj" tells');
  return {
    width: configuration.count(configuration.nameOf('d_model', 'hidden_size')),
    heads: configuration.count(configuration.nameOf('num_heads', 'num_attention_heads')),
    headWidth: configuration.count(configuration.nameOf('d_kv', 'head_dim')),
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
  const common = (name: 'encoder' | 'decoder') => {
    const bias = `${name}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`;
    return {
      relativeBias: tensors.tensor(bias, [c.buckets, c.heads]),
      norm: tensors.tensor(`${name}.final_layer_norm.weight`, [c.width]),
    };
  };
  const layers = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${name}.block.${i}.layer`);
  const part = (layer: string, name: string): AttentionPart => attentionPart(c, tensors, layer, name);
  return {
    encoder: {
      ...common('encoder'),
      embeddings: matrix(textEmbeddings),
      blocks: layers('encoder', c.encoderLayers).map((layer) => ({
        self: part(`${layer}.0`, 'SelfAttention'),
        feedForward: feedForward(c, tensors, `${layer}.1`),
      })),
    },
    decoder: {
      ...common('decoder'),
      embeddings: matrix('decoder.embed_tokens.weight'),
      blocks: layers('decoder', c.decoderLayers).map((layer) => ({
        self: part(`${layer}.0`, 'SelfAttention'),
        cross: part(`${layer}.1`, 'EncDecAttention'),
        feedForward: feedForward(c, tensors, `${layer}.2`),
      })),
    },
    head: matrix(head),
  };
}

/** Attention behind a norm, without biases; its scores have no scale. */
function attentionPart(c: T5Configuration, tensors: FrozenTensors, layer: string, name: string): AttentionPart {
  const norm = tensors.tensor(`${layer}.layer_norm.weight`, [c.width]);
  const names = (['q', 'k', 'v', 'o'] as const).map((map) => `${layer}.${name}.${map}`);
  const sizes = { width: c.width, heads: c.heads, headWidth: c.headWidth, scale: 1 };
  return {
    attention: readAttention(sizes, tensors, names as [string, string, string, string], false),
    read: (x) => rmsNorm(x, norm, c.epsilon),
    join: add,
  };
}

/** The feed-forward network behind its norm, and the rows that it is added to. */
function feedForward(c: T5Configuration, tensors: FrozenTensors, layer: string): EncoderBlock['feedForward'] {
  const norm = tensors.tensor(`${layer}.layer_norm.weight`, [c.width]);
  const matrix = (part: string, out: number, within: number): Value =>
    tensors.tensor(`${layer}.DenseReluDense.${part}.weight`, [out, within]);
  const inward = (part: string): Value => matrix(part, c.innerWidth, c.width);
  const [first, second] = c.gated ? [inward('wi_0'), inward('wi_1')] : [inward('wi'), undefined];
  const outward = matrix('wo', c.width, c.innerWidth);
  return (x) => {
    const y = rmsNorm(x, norm, c.epsilon);
    const inner = c.activation(linear(y, first));
    return add(x, linear(second === undefined ? inner : mul(inner, linear(y, second)), outward));
  };
}

type StackWeights = Pick<ReturnType<typeof readWeights>['encoder'], 'embeddings' | 'relativeBias' | 'norm'>;

function stack<Block>(
  c: T5Configuration,
  name: 'encoder' | 'decoder',
  w: StackWeights,
  blocks: readonly Block[],
): Stack<Block> {
  // The buckets of the distances between tokens and keys.
  const table = `${name}Buckets`;
  const buckets = (tokens: Dim, keys: Dim): Value => input(table, 'int64', [tokens, keys]);
  return {
    embeddings: w.embeddings,
    enter: (x) => x,
    blocks,
    bias: (mask, tokens, keys) => add(relativeBias(w.relativeBias, buckets(tokens, keys)), mask),
    leave: (x) => rmsNorm(x, w.norm, c.epsilon),
    tables: (tokens, keys) => ({
      [table]: bucketsBetween(tokens, keys, name === 'encoder', c.buckets, c.maxDistance),
    }),
  };
}
