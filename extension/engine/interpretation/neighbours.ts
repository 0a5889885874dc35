import type { Neighbour, NeighbourMetric, NeighbourSearch } from '../models/frozenModel';
import type { TokenText } from './tokenText';

/** A token of the vocabulary. */
export interface VocabularyToken {
  readonly id: number;
  readonly text: string;
}
/** A token near a virtual token. */
export type TokenNeighbour = Neighbour & VocabularyToken;

/** The nearest tokens of each row of a prompt [P, D], nearest first. Lester et al. 2021, section 7, uses the cosine. */
export async function nearestTokens(
  search: NeighbourSearch,
  prompt: Float32Array,
  metric: NeighbourMetric,
  textOf: TokenText,
): Promise<TokenNeighbour[][]> {
  const found = await search.nearest(prompt, metric);
  return found.map((neighbours) => neighbours.map((each) => ({ ...each, text: textOf(each.id) })));
}

/** Every token that is a neighbour of some row, once: those of the first rank before those of the second, and so on. */
export function distinctNeighbours(lists: readonly (readonly TokenNeighbour[])[]): VocabularyToken[] {
  const tokens = new Map<number, VocabularyToken>();
  const ranks = Math.max(0, ...lists.map(({ length }) => length));
  for (let rank = 0; rank < ranks; rank++)
    for (const list of lists) {
      const each = list[rank];
      if (each && !tokens.has(each.id)) tokens.set(each.id, { id: each.id, text: each.text });
    }
  return [...tokens.values()];
}
