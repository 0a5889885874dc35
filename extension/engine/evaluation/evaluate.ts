import type { ScoringSession } from '../models/frozenModel';
import type { Encoder } from '../tasks/encoding';
import { labelClasses } from '../tasks/labels';
import type { Task } from '../tasks/task';
import type { Prediction, ScorableClass, ScorableExample, ScoringOptions } from './predictions';
import { predictAll } from './predictions';
import { scoresOf } from './summary';

/** What a run keeps of every look at a split, and what a checkpoint can be chosen by. */
const runMetrics = ['accuracy', 'macro-f1', 'exact-match', 'loss'];

export interface Evaluation {
  /** Metric name -> value; classification has all of `accuracy`, `macro-f1`, `exact-match`, `loss`, free text the last two. */
  readonly scores: Readonly<Record<string, number>>;
  /** One an example, in their order. */
  readonly predictions: readonly Prediction[];
}

/** The classes of a classification as tokens; undefined for free text. */
export function scorableClasses(task: Task, encoder: Encoder): ScorableClass[] | undefined {
  if (!task.label) return undefined;
  const { scoring = 'sum' } = task.label;
  return labelClasses(task.label).map(({ words }) => {
    const targetIds = encoder.encodeTarget(words);
    return { words, targetIds, factor: scoring === 'mean' ? 1 / targetIds.length : 1 };
  });
}

/**
 * Scores a prompt on a split: by rank over the classes, or, without classes, each example's own target.
 * @param prompt [P, D] row-major; empty for the bare frozen model.
 */
export async function evaluate(
  session: ScoringSession,
  prompt: Float32Array,
  examples: readonly ScorableExample[],
  classes: readonly ScorableClass[] | undefined,
  options: ScoringOptions,
): Promise<Evaluation> {
  const predictions = await predictAll(session, prompt, examples, classes, options);
  const targets = predictions.map(({ target }) => target);
  const all = scoresOf(
    targets,
    predictions,
    classes?.map(({ words }) => words),
  );
  const scores = Object.fromEntries(Object.entries(all).filter(([name]) => runMetrics.includes(name)));
  return { scores, predictions };
}
