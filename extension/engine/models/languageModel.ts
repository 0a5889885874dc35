import type { Feed } from '../graph/session';
import type { Value } from '../graph/value';
import type { Configuration } from './configuration';
import type { EncodedExample } from './frozenModel';
import type { FrozenTensors } from './frozenTensors';
import type { KeysAndValues, PastLayers } from './generation/pastLayers';
import type { Weight } from './weights';
import type { Padding } from './padding';

/** The network of one checkpoint: its sizes, its forward graph, and what that graph is fed with. Made by an {@link Architecture}. */
export interface LanguageModel {
  readonly kind: 'causal' | 'encoder-decoder';
  /** D, the width of the input embeddings. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly vocabulary: number;
  readonly maxPositions: number;
  /** Numbers in the weights, tied ones counted once. */
  readonly parameters: number;
  /** The token that ends a text, where config.json names one. */
  readonly endToken: number | undefined;
  /** The input embedding matrix, [V, D]. */
  readonly embeddings: Weight;
  /** What its rows are multiplied with before they stand beside the prompt: 1, or sqrt(D) where the embedding module scales (Gemma). */
  readonly embeddingScale: number;
  /** The network as it writes a text token by token. */
  readonly continuation: CausalContinuation | EncoderDecoderContinuation;

  /**
   * Logits at the target positions of a batch, [targets, V], row by row in the order of the examples.
   *
   * @param prompt [P, D], the same for every row, or [batch, P, D], or undefined for the bare model.
   */
  targetLogits(prompt: Value | undefined): Value;

  /**
   * What the inputs of that graph hold for these examples, `prompt` apart.
   *
   * @param promptPerRow whether the graph's prompt is [batch, P, D].
   * @param padding of the sequences: text, encoder's and decoder's.
   * @throws RangeError for an example that cannot be computed: no token to predict from, or longer than the model was made for.
   */
  feeds(
    examples: readonly EncodedExample[],
    promptLength: number,
    promptPerRow: boolean,
    padding: Padding,
  ): Record<string, Feed>;
}

/** A causal model that reads new tokens, each row behind a past of its own length. */
export interface CausalContinuation {
  readonly kind: 'causal';
  /** Logits [batch, V] behind each row's last token; the inputs are those of a continuationLayout, the past's and the tables by position. */
  nextLogits(past: PastLayers): Value;
  /**
   * Logits [targets, V] of rows that read a text, of which the past holds keys and values, and then the prompt, the tail and the target; the
   * inputs are those of a behindTextLayout. @param prompt as for {@link LanguageModel.targetLogits}.
   */
  logitsBehindText(prompt: Value, past: PastLayers): Value;
  /**
   * Logits [targets, V] of rows of which the past holds keys and values of what they all begin with; the inputs are those of a
   * behindBeginningLayout. @param prompt [P, D], or undefined for the bare model.
   */
  logitsBehindBeginning(prompt: Value | undefined, past: PastLayers): Value;
  /** Keys and values of whole texts without a prompt, given to `text` layer by layer; the inputs are those of targetLogits. */
  readText(text: Pick<PastLayers, 'extend'>): Value;
  /** The tables by position, for that many positions. @param whole tokens of the text they stand in; default: as many. */
  positionFeeds(positions: number, whole?: number): Record<string, Feed>;
  /** Up to how many tokens of a text those tables do not depend on its length (`whole`); undefined: never. */
  readonly sameTablesUpTo: number | undefined;
}

/** An encoder that reads a text once, and a decoder that writes behind it. The soft prompt stands in front of the encoder's input. */
export interface EncoderDecoderContinuation {
  readonly kind: 'encoder-decoder';
  /** The token that every row of the decoder begins with. */
  readonly startToken: number;
  /** The token that every text begins with, behind that one, and that is no part of what is written; undefined: any. */
  readonly forcedToken: number | undefined;
  /** Tokens that encoder and decoder may each have; Infinity where positions are relative. */
  readonly limit: number;
  /** What each layer of the decoder sees of the encoder, [batch, heads, encoder, width]; inputs: `ids`, `encoderMask`, and encoderFeeds. */
  crossAttention(prompt: Value | undefined): readonly KeysAndValues[];
  encoderFeeds(encoderLength: number): Record<string, Feed>;
  /**
   * Logits [rows, V] behind one new token a row; inputs: `decoderIds` [rows, 1], `causalBias` [rows, 1, past + 1], `crossMask` [rows,
   * encoder], the past's, and decoderFeeds.
   *
   * @param cross what {@link crossAttention} returned, as inputs.
   */
  nextLogits(past: PastLayers, cross: readonly KeysAndValues[]): Value;
  /** @param position of the new token; the past's keys stand in slots 0, 1, ... */
  decoderFeeds(position: number, slots: number): Record<string, Feed>;
}

/** How a `config.json` and its weights become a network. @throws ModelError naming what is unsupported or missing. */
export type Architecture = (configuration: Configuration, tensors: FrozenTensors) => LanguageModel;

/** Added to attention scores where one may not look: far below any score, yet finite, so that a row of them is no NaN. */
export const masked = -1e9;
