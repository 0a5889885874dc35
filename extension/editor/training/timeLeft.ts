/** Where a training is, and when that was. */
export interface Milestone {
  readonly step: number;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * Seconds until the last step at the mean pace since `start`, evaluations and checkpoints included.
 * Undefined before there is a pace to go by.
 */
export function secondsLeft(start: Milestone, now: Milestone, totalSteps: number): number | undefined {
  const steps = now.step - start.step;
  if (steps <= 0) return undefined;
  const secondsPerStep = (now.at - start.at) / 1000 / steps;
  return Math.max(0, totalSteps - now.step) * secondsPerStep;
}
