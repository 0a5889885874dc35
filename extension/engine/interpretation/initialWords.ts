import type { TokenNeighbour } from './neighbours';
import type { VocabularyToken } from './neighbours';

/** What a virtual token started as. */
export interface InitialWords {
  readonly words: string;
  /** Tokens of those words. */
  readonly ids: readonly number[];
}

/** Words of a label, and their tokens. */
export interface LabelWords {
  readonly words: string;
  readonly ids: readonly number[];
}

/** A start is a token when it is no farther from it than rounding puts it, as a share of the distance it would have by chance. */
const rounding = 1e-5;

/**
 * The words that each virtual token started as: its label where labels were written over the beginning of the prompt, otherwise the token whose
 * embedding it is; undefined where it was neither, as random numbers are not.
 *
 * @param nearest token of each row of the start, by the Euclidean distance.
 * @param norms of those rows.
 * @param labels in the order of their positions; none with another initialiser.
 */
export function initialWords(
  nearest: readonly TokenNeighbour[],
  norms: readonly number[],
  labels: readonly LabelWords[],
): (InitialWords | undefined)[] {
  return nearest.map(({ id, text, distance }, position) => {
    const label = labels[position];
    if (label) return label;
    return distance <= rounding * norms[position]! ? { words: text, ids: [id] } : undefined;
  });
}

/** Whether a token of the words is among some neighbours: one of their ids, or the same text but for case and spaces. */
export function isAmong({ words, ids }: InitialWords, neighbours: readonly VocabularyToken[]): boolean {
  const plain = words.trim().toLowerCase();
  return neighbours.some(({ id, text }) => ids.includes(id) || (plain !== '' && text.trim().toLowerCase() === plain));
}
