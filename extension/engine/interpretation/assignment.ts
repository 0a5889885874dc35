import { linearSumAssignment } from 'linear-sum-assignment';

/** Positions of two prompts that belong together, and those that belong to none. */
export interface Assignment {
  readonly pairs: readonly { readonly a: number; readonly b: number }[];
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
}

/** Least cosine at which a virtual token counts as found again at another position. */
export const foundAgain = 0.9;

/** Decides between assignments of one sum: tokens then stay where they are. Far below what a cosine of float32 prompts can tell. */
const staying = 1e-6;

/**
 * Pairs the virtual tokens of two prompts, so that a token that moved is not called changed: the assignment with the largest sum of
 * cosines (Jonker and Volgenant 1987). A token may pair with any token at its own position, where a cosine below 0 counts as 0, and
 * with one at another position only with a cosine of {@link foundAgain} or more. A token without a partner counts as 0.
 *
 * @param cosines [P of a][P of b].
 */
export function assignTokens(cosines: readonly (readonly number[])[]): Assignment {
  const worth = cosines.map((row, a) =>
    row.map((cosine, b) => {
      if (a === b) return Math.max(cosine, 0) + staying;
      return cosine >= foundAgain ? cosine : 0;
    }),
  );
  const { rowAssignments } = linearSumAssignment(worth, { maximaze: true });
  const partners = worth.map((row, a) => {
    const b = rowAssignments[a]!;
    return (row[b] ?? 0) > 0 ? b : undefined;
  });
  return {
    pairs: partners.flatMap((b, a) => (b === undefined ? [] : [{ a, b }])),
    onlyA: partners.flatMap((b, a) => (b === undefined ? [a] : [])),
    onlyB: [...(cosines[0] ?? []).keys()].filter((b) => !partners.includes(b)),
  };
}
