import type { Prediction } from '../predictions';
import type { Metric } from './metric';

/**
 * Mean of the classes' F1 = 2 TP / (2 TP + FP + FN), every class counting the same. Classes that are neither right nor
 * predicted anywhere do not count, as in scikit-learn's `f1_score(average="macro")`.
 */
export const macroF1: Metric = {
  higherIsBetter: true,
  needsClasses: true,
  value(predictions) {
    const classes = new Set(predictions.flatMap(({ target, predicted }) => [target, predicted]));
    return [...classes].reduce((sum, each) => sum + f1(predictions, each), 0) / classes.size;
  },
};

function f1(predictions: readonly Prediction[], label: string | undefined): number {
  const right = predictions.filter(({ target, predicted }) => target === label && predicted === label).length;
  const wrong = predictions.filter(({ target, predicted }) => (target === label) !== (predicted === label)).length;
  return (2 * right) / (2 * right + wrong);
}
