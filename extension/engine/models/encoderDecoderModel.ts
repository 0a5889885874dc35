import { type Dim, sumOf } from '../graph/dimension';
import { input } from '../graph/leaves';
import { mul } from '../graph/operators/elementwise';
import { gather } from '../graph/operators/indexing';
import { concat, expand, reshape, unsqueeze } from '../graph/operators/shaping';
import type { Feed } from '../graph/session';
import { type Value, scope } from '../graph/value';
import { causalBias } from './causalBatch';
import { seenTogether } from './causalLayout';
import { type Attention, type Side, attend, attendMemory, keysAndValues, queries } from './encoderDecoderAttention';
import { encoderDecoderFeeds } from './encoderDecoderBatch';
import type { FrozenTensors } from './frozenTensors';
import type { KeysAndValues, PastLayers } from './generation/pastLayers';
import type { LanguageModel } from './languageModel';

/** An attention within its block. */
export interface AttentionPart {
  readonly attention: Attention;
  /** What it reads of the block's rows x [rows, D]: these, or what a norm makes of them. */
  readonly read: (x: Value) => Value;
  /** The rows and what attention found for them -> the rows behind this part. */
  readonly join: (x: Value, attended: Value) => Value;
}

export interface EncoderBlock {
  readonly self: AttentionPart;
  /** The rest of the block, [rows, D] -> [rows, D]. */
  readonly feedForward: (x: Value) => Value;
}

export interface DecoderBlock extends EncoderBlock {
  readonly cross: AttentionPart;
}

/** Encoder or decoder. */
export interface Stack<Block> {
  /** Of its words, [V, D]. */
  readonly embeddings: Value;
  /** Embedded tokens [rows, tokens, D], of which the first stands at position `first` -> what the first block reads of them. */
  readonly enter: (x: Value, first: Dim) => Value;
  readonly blocks: readonly Block[];
  /** What is added to the scores of self-attention, given the mask: it, or the mask with relative positions. */
  readonly bias: (mask: Value, queries: Dim, keys: Dim) => Value;
  /** The last block's rows [rows, D] -> the stack's. */
  readonly leave: (x: Value) => Value;
  /** What the inputs that `enter` and `bias` ask for are fed with, for tokens at these positions that see keys at those. */
  readonly tables: (queries: readonly number[], keys: readonly number[]) => Record<string, Feed>;
}

/** What makes one encoder-decoder differ from another; its architecture's file tells it. */
export interface EncoderDecoderNetwork extends Pick<
  LanguageModel,
  'width' | 'heads' | 'vocabulary' | 'maxPositions' | 'endToken' | 'embeddings'
> {
  /** Factor of the embeddings of words; default 1. */
  readonly embeddingScale?: number;
  /** The token that the decoder begins with. */
  readonly startToken: number;
  /** The token that every text begins with, behind that one; undefined: any. */
  readonly forcedToken?: number | undefined;
  /** Whether encoder and decoder have no more positions than `maxPositions`; relative ones have no end. */
  readonly bounded: boolean;
  readonly encoder: Stack<EncoderBlock>;
  readonly decoder: Stack<DecoderBlock>;
  /** The decoder's rows [rows, D] -> [rows, V]. */
  readonly head: (x: Value) => Value;
}

/** The language model around such a network. The soft prompt stands in front of the encoder's input. */
export function encoderDecoderModel(network: EncoderDecoderNetwork, tensors: FrozenTensors): LanguageModel {
  const { width, heads, vocabulary, maxPositions, endToken, startToken, encoder, decoder } = network;
  const limit = network.bounded ? maxPositions : Infinity;
  return {
    kind: 'encoder-decoder',
    ...{ width, heads, vocabulary, maxPositions, endToken, embeddings: network.embeddings },
    layers: encoder.blocks.length,
    parameters: tensors.parameters,
    embeddingScale: network.embeddingScale ?? 1,
    targetLogits: (prompt) => targetLogits(network, prompt),
    continuation: {
      kind: 'encoder-decoder',
      ...{ startToken, forcedToken: network.forcedToken, limit },
      crossAttention(prompt) {
        const side = encoderSide('batch', prompt);
        const memory = encode(network, prompt, encoderMask(side.length));
        return decoder.blocks.map(({ cross }) => keysAndValues(cross.attention, memory, side));
      },
      encoderFeeds: (length) => encoder.tables(upTo(length), upTo(length)),
      nextLogits: (past, cross) => nextLogits(network, past, cross),
      decoderFeeds: (position, slots) => decoder.tables([position], [...upTo(slots), position]),
    },
    feeds(examples, promptLength, _, padding) {
      const shape = { promptLength, startToken, padding, limit };
      const { feeds, encoderLength, decoderLength } = encoderDecoderFeeds(examples, shape);
      return {
        ...feeds,
        causalBias: causalBias(decoderLength),
        ...encoder.tables(upTo(encoderLength), upTo(encoderLength)),
        ...decoder.tables(upTo(decoderLength), upTo(decoderLength)),
      };
    },
  };
}

/** 0, 1, ..., up to but without `length`. */
function upTo(length: number): number[] {
  return [...Array(length).keys()];
}

/** Logits at the target positions, [targets, V]. */
function targetLogits(network: EncoderDecoderNetwork, prompt: Value | undefined): Value {
  const { length } = encoderSide('rows', prompt);
  // One row of the encoder may serve several of the decoder, each with its own target.
  const encoderRows = input('encoderRows', 'int64', ['rows']);
  const mask = encoderMask(length);
  const memory = gather(reshape(encode(network, prompt, mask), ['batch', length, network.width]), encoderRows);
  const crossMask = gather(mask, encoderRows);
  const decoded = decode(network, {
    ids: input('decoderIds', 'int64', ['rows', 'decoder']),
    keys: 'decoder',
    mask: input('causalBias', 'float', ['decoder', 'decoder']),
    cross: (attention, _, x, side) => attendMemory(attention, x, side, memory, crossMask),
    extend: (own) => own,
  });
  const targets = gather(decoded, input('targetRows', 'int64', ['targets']));
  return network.head(network.decoder.leave(targets));
}

/** Logits [rows, V] of the token that follows one new token a row, `decoderIds` [rows, 1], behind its past. */
function nextLogits(network: EncoderDecoderNetwork, past: PastLayers, cross: readonly KeysAndValues[]): Value {
  const crossMask = unsqueeze(unsqueeze(input('crossMask', 'float', ['rows', 'encoder']), 1), 1);
  const decoded = decode(network, {
    ids: input('decoderIds', 'int64', ['rows', 1]),
    keys: 'past + 1',
    mask: unsqueeze(input('causalBias', 'float', ['rows', 1, 'past + 1']), 1),
    cross: (attention, layer, x, side) =>
      attend(attention, queries(attention, x, side), side, cross[layer]!, crossMask),
    extend: (own) => past.extend(own),
  });
  return network.head(network.decoder.leave(decoded));
}

/** The rows of the encoder: prompt and text. */
function encoderSide(rows: Dim, prompt: Value | undefined): Side {
  return { rows, length: sumOf(prompt?.shape.at(-2) ?? 0, 'text') };
}

/** Added to the scores of attention to the encoder's rows, [batch, 1, 1, sequence]: an input, so made once a graph. */
function encoderMask(sequence: Dim): Value {
  return unsqueeze(unsqueeze(input('encoderMask', 'float', ['batch', sequence]), 1), 1);
}

/** Rows of a stack's words, [rows, tokens, D], scaled. */
function embed({ embeddingScale = 1 }: EncoderDecoderNetwork, embeddings: Value, ids: Value): Value {
  return mul(gather(embeddings, ids), embeddingScale);
}

/** Rows that go through the encoder's first block apart from the others: the prompt, or the text. */
interface Part {
  readonly side: Side;
  /** [rows, length, D]. */
  readonly x: Value;
}

/**
 * What the encoder's first block reads, prompt and text apart: a prompt that all rows share is computed once, and as the embeddings of the
 * text are given, no gradient goes through what is made of them.
 */
function encoderParts(network: EncoderDecoderNetwork, prompt: Value | undefined): readonly Part[] {
  const { encoder, width } = network;
  const words = embed(network, encoder.embeddings, input('ids', 'int64', ['batch', 'text']));
  const promptLength = prompt?.shape.at(-2) ?? 0;
  const text = { side: { rows: 'batch', length: 'text' }, x: encoder.enter(words, promptLength) };
  if (prompt === undefined) return [text];
  const side = { rows: prompt.shape.length === 3 ? 'batch' : 1, length: promptLength };
  return [{ side, x: encoder.enter(reshape(prompt, [side.rows, promptLength, width]), 0) }, text];
}

/** The encoder's output, [batch * sequence, D]; its activations are kept in that shape. */
function encode(network: EncoderDecoderNetwork, prompt: Value | undefined, mask: Value): Value {
  const { encoder, width } = network;
  const parts = encoderParts(network, prompt);
  const whole = concat(
    parts.map(({ side, x }) => expand(x, ['batch', side.length, width])),
    1,
  );
  const side = encoderSide('batch', prompt);
  const bias = encoder.bias(mask, side.length, side.length);
  const last = encoder.blocks.reduce(
    (x, { self, feedForward }, i) =>
      scope(`encoder.${i}`, () => {
        const own = i === 0 ? firstProjections(self, parts, width) : projections(self, x, side);
        return feedForward(self.join(x, attend(self.attention, own.query, side, own, bias)));
      }),
    reshape(whole, [-1, width]),
  );
  return encoder.leave(last);
}

/** What meets in the self-attention of a block, of its rows `x`. */
function projections({ attention, read }: AttentionPart, x: Value, side: Side): KeysAndValues & { query: Value } {
  const y = read(x);
  return { query: queries(attention, y, side), ...keysAndValues(attention, y, side) };
}

/** The same of the encoder's first block, part by part. */
function firstProjections(part: AttentionPart, parts: readonly Part[], width: number): ReturnType<typeof projections> {
  const each = parts.map(({ side, x }) => projections(part, reshape(x, [-1, width]), side));
  const together = (name: 'query' | 'keys' | 'values'): Value =>
    seenTogether(
      each.map((own) => own[name]),
      'batch',
    );
  return { query: together('query'), keys: together('keys'), values: together('values') };
}

interface DecoderInput {
  /** [rows, tokens]. */
  readonly ids: Value;
  /** How many keys each of the tokens has. */
  readonly keys: Dim;
  /** Added to the scores of self-attention. */
  readonly mask: Value;
  /** Attention of a layer's rows x [rows * tokens, D] to the encoder's output: [rows * tokens, D]. */
  readonly cross: (attention: Attention, layer: number, x: Value, side: Side) => Value;
  /** A layer's keys and values of these tokens -> all that the tokens see. */
  readonly extend: (own: KeysAndValues) => KeysAndValues;
}

/** The decoder's last block's rows, [rows * tokens, D]. */
function decode(network: EncoderDecoderNetwork, { ids, keys, mask, cross, extend }: DecoderInput): Value {
  const { decoder, width } = network;
  const side: Side = { rows: ids.shape[0]!, length: ids.shape[1]! };
  const bias = decoder.bias(mask, side.length, keys);
  const embedded = decoder.enter(embed(network, decoder.embeddings, ids), 0);
  return decoder.blocks.reduce(
    (x, block, i) =>
      scope(`decoder.${i}`, () => {
        const { query, ...own } = projections(block.self, x, side);
        const z = block.self.join(x, attend(block.self.attention, query, side, extend(own), bias));
        const u = block.cross.join(z, cross(block.cross.attention, i, block.cross.read(z), side));
        return block.feedForward(u);
      }),
    reshape(embedded, [-1, width]),
  );
}
