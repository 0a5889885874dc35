import { type LabelWords, isAmong } from './initialWords';
import type { VocabularyToken } from './neighbours';

/** Where the words of one label are among the neighbours, over the checkpoints. */
export interface LabelPersistence {
  readonly words: string;
  /** The virtual token that was initialised with it, if one was. */
  readonly position?: number;
  /** Virtual tokens with one of its tokens among the neighbours, a list for each checkpoint. */
  readonly found: readonly { readonly step: number; readonly positions: readonly number[] }[];
  /** First checkpoint from which on it no longer is at its own position. */
  readonly lostAt?: number;
}

/** The neighbours of every virtual token at one checkpoint. */
export interface NeighboursAtStep {
  readonly step: number;
  readonly neighbours: readonly (readonly VocabularyToken[])[];
}

/**
 * Lester et al. 2021, section 7: with class-label initialisation the labels stay among the nearest neighbours of the virtual tokens that were
 * initialised with them.
 *
 * @param atOwnPosition whether label i was written to position i.
 * @param checkpoints by rising step.
 */
export function labelPersistence(
  labels: readonly LabelWords[],
  atOwnPosition: boolean,
  checkpoints: readonly NeighboursAtStep[],
): LabelPersistence[] {
  const length = checkpoints[0]?.neighbours.length ?? 0;
  return labels.map((label, index) => {
    const found = checkpoints.map(({ step, neighbours }) => ({
      step,
      positions: [...neighbours.keys()].filter((position) => isAmong(label, neighbours[position]!)),
    }));
    const position = atOwnPosition && index < length ? index : undefined;
    const lostAt = position === undefined ? undefined : lostSince(position, found);
    return {
      words: label.words,
      ...(position === undefined ? {} : { position }),
      found,
      ...(lostAt === undefined ? {} : { lostAt }),
    };
  });
}

function lostSince(position: number, found: LabelPersistence['found']): number | undefined {
  const last = found.findLastIndex(({ positions }) => positions.includes(position));
  return found[last + 1]?.step;
}
