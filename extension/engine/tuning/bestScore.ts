/** What the best checkpoint can be chosen by. */
export type MetricName = 'accuracy' | 'macro-f1' | 'exact-match' | 'loss';

/** Metric name -> value, as an evaluation gives it. */
export type Scores = Readonly<Record<string, number>>;

/**
 * The value of `metric` in `scores`.
 * @throws when the evaluation did not compute it.
 */
export function scoreOf(metric: MetricName, scores: Scores): number {
  const value = scores[metric];
  if (value === undefined) {
    throw new Error(`the evaluation gives no "${metric}", only ${Object.keys(scores).join(', ') || 'nothing'}`);
  }
  return value;
}

/**
 * Whether `candidate` beats `best`: by the metric (of the loss, the lower one), and on a tie by the lower loss where both know
 * it, because a small dev split often gives the same accuracy many times. What is not a number never wins.
 */
export function isBetter(metric: MetricName, candidate: Scores, best: Scores | undefined): boolean {
  const value = scoreOf(metric, candidate);
  if (Number.isNaN(value)) return false;
  if (!best) return true;
  const other = scoreOf(metric, best);
  if (value !== other) return metric === 'loss' ? value < other : value > other;
  return candidate.loss !== undefined && best.loss !== undefined && candidate.loss < best.loss;
}
