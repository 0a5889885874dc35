/** What a predictor said of one example, classes by their number; -1 for an output that is none of the classes. */
export interface Outcome {
  readonly target: number;
  readonly predicted: number;
}

/**
 * Confusion matrix: `counts[target][predicted]`, [C, C + 1]; the last column counts outputs that are none of the classes.
 * @param classes C.
 */
export function confusionMatrix(outcomes: Iterable<Outcome>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes + 1).fill(0));
  for (const { target, predicted } of outcomes) counts[target]![predicted < 0 ? classes : predicted]!++;
  return counts;
}

export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Examples whose target it is. */
  readonly support: number;
}

/**
 * Precision, recall and F1 = 2 TP / (2 TP + FP + FN) of every class; 0 where a denominator is, as scikit-learn's
 * `precision_recall_fscore_support(zero_division=0)`.
 * @param confusion as {@link confusionMatrix} makes it.
 */
export function classScores(confusion: readonly (readonly number[])[]): ClassScores[] {
  return confusion.map((row, each) => {
    const right = row[each]!;
    const support = sum(row);
    const predicted = sum(confusion.map((other) => other[each]!));
    return {
      precision: quotient(right, predicted),
      recall: quotient(right, support),
      f1: quotient(2 * right, predicted + support),
      support,
    };
  });
}

/**
 * Matthews correlation of several classes (Gorodkin 2004, equation 8): 1 is perfect, 0 no better than chance, also where it is not
 * defined, as in scikit-learn. Outputs that are no class count as one of their own.
 * @param confusion as {@link confusionMatrix} makes it.
 */
export function matthews(confusion: readonly (readonly number[])[]): number {
  const total = sum(confusion.map(sum));
  const right = sum(confusion.map((row, each) => row[each]!));
  const predicted = confusion[0]!.map((_, each) => sum(confusion.map((row) => row[each]!)));
  const targets = [...confusion.map(sum), 0];
  const covariance = right * total - sum(targets.map((count, each) => count * predicted[each]!));
  const spread = (counts: readonly number[]): number => total * total - sum(counts.map((count) => count * count));
  const scale = Math.sqrt(spread(predicted)) * Math.sqrt(spread(targets));
  return scale === 0 ? 0 : covariance / scale;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function quotient(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
