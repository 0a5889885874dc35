import type { ScoringSession } from '../models/frozenModel';
import type { Encoder, EncodedTaskExample } from '../tasks/encoding';
import { labelClasses } from '../tasks/labels';
import type { Task } from '../tasks/task';
import type { Scores } from './metrics/table';
import { scoresOf } from './metrics/table';
import type { Prediction, ScorableClass, ScoringOptions } from './predictions';
import { predictAll } from './predictions';

export interface Evaluation {
  readonly scores: Scores;
  /** One an example, in their order. */
  readonly predictions: readonly Prediction[];
}

/** The classes of a classification as tokens; undefined for free text. */
export function scorableClasses(task: Task, encoder: Encoder): ScorableClass[] | undefined {
  if (!task.label) return undefined;
  return labelClasses(task.label).map(({ words }) => ({ words, targetIds: encoder.encodeTarget(words) }));
}

/**
 * Scores a prompt on a split: by rank over the classes, or, without classes, each example's own target.
 * @param prompt [P, D] row-major; empty for the bare frozen model.
 */
export async function evaluate(
  session: ScoringSession,
  prompt: Float32Array,
  examples: readonly Pick<EncodedTaskExample, 'inputIds' | 'targetIds' | 'target'>[],
  classes: readonly ScorableClass[] | undefined,
  options: ScoringOptions,
): Promise<Evaluation> {
  const predictions = await predictAll(session, prompt, examples, classes, options);
  return { scores: scoresOf(predictions), predictions };
}
