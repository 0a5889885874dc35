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
