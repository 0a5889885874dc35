import type { Prediction } from '../predictions';
import { accuracy } from './accuracy';
import { exactMatch } from './exactMatch';
import { loss } from './loss';
import { macroF1 } from './macroF1';
import type { Metric } from './metric';

/** Metrics by the name that an experiment gives them. A new one is one file and one line here. */
export const metrics = {
  accuracy,
  'macro-f1': macroF1,
  'exact-match': exactMatch,
  loss,
} as const satisfies Readonly<Record<string, Metric>>;
export type MetricName = keyof typeof metrics;

/** Metric name -> value. */
export type Scores = Readonly<Record<string, number>>;

/**
 * Every metric that the predictions have.
 * @throws RangeError for no predictions at all, over which nothing can be said.
 */
export function scoresOf(predictions: readonly Prediction[]): Scores {
  if (predictions.length === 0) throw new RangeError('there is no example to evaluate on');
  const classified = predictions.every(({ predicted }) => predicted !== undefined);
  const names = (Object.keys(metrics) as MetricName[]).filter((name) => classified || !metrics[name].needsClasses);
  return Object.fromEntries(names.map((name) => [name, metrics[name].value(predictions)]));
}
