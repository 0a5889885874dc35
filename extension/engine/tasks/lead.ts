/** The share of all input tokens that stand in leads, 0 to 1. */
export function leadShare(
  examples: readonly { readonly inputIds: readonly number[]; readonly leadTokens?: number | undefined }[],
): number {
  const total = examples.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  return total === 0 ? 0 : examples.reduce((sum, { leadTokens = 0 }) => sum + leadTokens, 0) / total;
}

/**
 * How many tokens at the beginning of an input are its template's, the same in all examples of the task. A token that reaches over the border
 * belongs to what follows, and one token always follows: the target is predicted from an example's own.
 *
 * @param ids tokens of the whole input. @param lead those of the template's beginning alone.
 */
export function leadTokensOf(ids: readonly number[], lead: readonly number[]): number {
  const other = ids.findIndex((id, i) => id !== lead[i]);
  return Math.max(0, other < 0 ? ids.length - 1 : other);
}
