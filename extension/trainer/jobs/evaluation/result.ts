import type { Summary } from '../../../engine/evaluation/summary';
import type { Result } from '../../../protocol/evaluation';

/** What a predictor scores on a data set, as an evaluation's record keeps it. */
export function resultOf(
  place: Pick<Result, 'dataset' | 'predictor'>,
  { rows, scores, intervals, confusion, classes, reliability }: Summary,
): Result {
  return {
    ...place,
    rows,
    scores: { ...scores },
    intervals: Object.fromEntries(Object.entries(intervals).map(([name, [low, high]]) => [name, [low, high]])),
    ...(classes ? { classes: [...classes] } : {}),
    ...(confusion ? { confusion: confusion.map((row) => [...row]) } : {}),
    ...(reliability ? { reliability: [...reliability] } : {}),
  };
}
