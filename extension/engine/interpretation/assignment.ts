import { linearSumAssignment } from 'linear-sum-assignment';

/** Positions of two prompts that belong together, and those that belong to none. */
export interface Assignment {
  readonly pairs: readonly { readonly a: number; readonly b: number }[];
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
}

/** Least cosine at which a virtual token counts as found again at another position. */
export const foundAgain = 0.9;

/** What staying at its position is worth: of near-duplicates each keeps its own. */
const staying = 0.05;

/**
 * Pairs the virtual tokens of two prompts, so that a token that moved is not called changed: the assignment of the largest sum (Jonker and
 * Volgenant 1987), where a token is worth its cosine at its own position, and at another one only if it is found again there.
 *
 * @param cosines [P of a][P of b].
 */
export function assignTokens(cosines: readonly (readonly number[])[]): Assignment {
  const worth = cosines.map((row, a) =>
    row.map((cosine, b) => {
      const found = cosine >= foundAgain ? 1 + cosine : 0;
      return a === b ? Math.max(found, cosine, 0) + staying : found;
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
