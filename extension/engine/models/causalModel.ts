import type { Feed } from '../graph/session';
import type { Value } from '../graph/value';
import { causalFeeds } from './causalBatch';
import { type CausalLayout, causalLayout, embedRows } from './causalLayout';
import type { FrozenTensors } from './frozenTensors';
import { continuationLayout, embeddedTokens } from './generation/continuationLayout';
import { behindTextLayout, embedBehindText } from './frozenPrefix/behindTextLayout';
import type { LanguageModel } from './languageModel';
import { behindBeginningLayout, embedBehindBeginning } from './sharedBeginning/behindBeginningLayout';

/** What makes one causal network differ from another; its architecture's file tells it. */
export interface CausalNetwork extends Pick<
  LanguageModel,
  'width' | 'layers' | 'heads' | 'vocabulary' | 'maxPositions' | 'endToken'
> {
  /** Name of the input embedding matrix, [V, D]. */
  readonly embeddings: string;
  /** Factor of its rows; default 1. */
  readonly embeddingScale?: number;
  /** From the embedded prompt and text [rows, D] to the logits at the target positions, [targets, V]. */
  readonly logits: (x: Value, layout: CausalLayout) => Value;
  /** Feeds of the tables by position that this asks for, each [sequence, n]. `whole`: the length of the text they stand in. */
  readonly tables?: (sequence: number, whole: number) => Record<string, Feed>;
  /** As {@link CausalContinuation.sameTablesUpTo}. */
  readonly sameTablesUpTo?: number | undefined;
}

/** The language model around such a network: prompt and text are embedded, laid out as {@link causalLayout} says, and fed. */
export function causalModel(network: CausalNetwork, tensors: FrozenTensors): LanguageModel {
  const { width, layers, heads, vocabulary, maxPositions, endToken, embeddingScale = 1, logits, tables } = network;
  const shape = [vocabulary, width];
  const embeddings = tensors.tensor(network.embeddings, shape);
  return {
    kind: 'causal',
    ...{ width, layers, heads, vocabulary, maxPositions, endToken, embeddingScale },
    parameters: tensors.parameters,
    embeddings: tensors.place(network.embeddings, shape),
    targetLogits: (prompt) => logits(embedRows(embeddings, embeddingScale, prompt), causalLayout(prompt)),
    feeds(examples, promptLength, promptPerRow, padding) {
      const { feeds, sequence, whole } = causalFeeds(examples, promptLength, promptPerRow, maxPositions, padding);
      return { ...feeds, ...tables?.(sequence, whole) };
    },
    continuation: {
      kind: 'causal',
      nextLogits: (past) => logits(embeddedTokens(width), continuationLayout(past)),
      logitsBehindText: (prompt, past) =>
        logits(embedBehindText(embeddings, embeddingScale, prompt), behindTextLayout(prompt, past)),
      logitsBehindBeginning: (prompt, past) =>
        logits(embedBehindBeginning(embeddings, embeddingScale, prompt), behindBeginningLayout(past)),
      readText: (text) =>
        logits(embedRows(embeddings, embeddingScale, undefined), { ...causalLayout(undefined), past: text }),
      sameTablesUpTo: network.sameTablesUpTo,
      positionFeeds: (positions, whole = positions) => tables?.(positions, whole) ?? {},
    },
  };
}
