import type { SquareMatrix } from './gramMatrix';

/** Two virtual tokens that point nearly the same way. */
export interface Duplicate {
  readonly first: number;
  readonly second: number;
  readonly cosine: number;
}

/** Least cosine at which two virtual tokens count as one: the angle between them is below 18 degrees. */
const nearlyTheSame = 0.95;

/** Pairs of near-duplicates, which a shorter prompt could do without; in the order of their positions. */
export function nearDuplicates(cosines: SquareMatrix): Duplicate[] {
  return cosines.flatMap((row, first) =>
    [...row].flatMap((cosine, second) =>
      second > first && cosine >= nearlyTheSame ? [{ first, second, cosine }] : [],
    ),
  );
}
