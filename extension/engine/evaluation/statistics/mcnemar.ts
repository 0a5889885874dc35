/**
 * Exact McNemar test of two predictors on the same examples (McNemar 1947; exact as a binomial test with p = 1/2): the probability, if both were
 * equally good, of a split of the examples that only one of them gets right at least as uneven as this one. Two-sided.
 *
 * @param onlyFirst examples that only the first predictor gets right, `onlySecond` alike.
 * @returns p, 0 to 1; 1 where they never differ.
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const count = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Logarithms, because 2^-count is 0 in float64 from 1075 on.
  let term = -count * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    tail += Math.exp(term);
    term += Math.log((count - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}
