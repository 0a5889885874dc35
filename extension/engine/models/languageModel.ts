import type { Feed } from '../graph/session';
import type { Value } from '../graph/value';
import type { Configuration } from './configuration';
import type { EncodedExample } from './frozenModel';
import type { FrozenTensors } from './frozenTensors';
import type { Weight } from './weights';

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
   * @throws RangeError for an example that cannot be computed: no token to predict from, or longer than the model was made for.
   */
  feeds(examples: readonly EncodedExample[], promptLength: number, promptPerRow: boolean): Record<string, Feed>;
}

/** How a `config.json` and its weights become a network. @throws ModelError naming what is unsupported or missing. */
export type Architecture = (configuration: Configuration, tensors: FrozenTensors) => LanguageModel;

/** Added to attention scores where one may not look: far below any score, yet finite, so that a row of them is no NaN. */
export const masked = -1e9;
