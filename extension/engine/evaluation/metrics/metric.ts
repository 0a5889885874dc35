import type { Prediction } from '../predictions';

/** One number over the predictions of a split. */
export interface Metric {
  /** Whether a higher value is the better one. */
  readonly higherIsBetter: boolean;
  /** Whether it needs classes, so that free text does not have it. */
  readonly needsClasses: boolean;
  /** @param predictions at least one. */
  value(predictions: readonly Prediction[]): number;
}
