/** One example of a classification as its probabilities have it. */
export interface Confidence {
  /** Highest of the class probabilities, 0 to 1. */
  readonly confidence: number;
  /** Whether that class is the right one. */
  readonly right: boolean;
}

/** Examples whose confidence lies in (from, to]; the first bin has 0 too. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean confidence and share of right ones; 0 in an empty bin. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** Reliability diagram: confidence in `bins` equal steps against what came true (Guo et al. 2017, section 2). */
export function reliability(examples: readonly Confidence[], bins = 10): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { confidence, right } of examples) {
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    bin.count++;
    bin.confidence += confidence;
    if (right) bin.right++;
  }
  return sums.map(({ count, confidence, right }, each) => ({
    from: each / bins,
    to: (each + 1) / bins,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : right / count,
  }));
}

/** Expected calibration error: the bins' distance between confidence and accuracy, weighted by their counts (Guo et al. 2017, equation 3). */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce(
    (sum, { count, confidence, accuracy }) => sum + (count / total) * Math.abs(confidence - accuracy),
    0,
  );
}

/**
 * Mean negative logarithm of the probability given to the right class, nats. A probability of 0 counts as the smallest positive
 * float64's step at 1, as scikit-learn's `log_loss` clips it.
 */
export function logLoss(probabilitiesOfTarget: readonly number[]): number {
  const sum = probabilitiesOfTarget.reduce((total, p) => total - Math.log(Math.max(p, Number.EPSILON)), 0);
  return sum / probabilitiesOfTarget.length;
}
