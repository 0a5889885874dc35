export type ScheduleName = 'constant' | 'warm-up' | 'linear' | 'cosine';

export interface Schedule {
  readonly name: ScheduleName;
  /** Steps until the full learning rate. */
  readonly warmUpSteps?: number | undefined;
}

/** Factor after the warm-up; `progress` runs from 0 at its end towards 1 at the last step. */
const shapes: Readonly<Record<ScheduleName, (progress: number) => number>> = {
  constant: () => 1,
  'warm-up': () => 1,
  linear: (progress) => 1 - progress,
  cosine: (progress) => (1 + Math.cos(Math.PI * progress)) / 2,
};

/**
 * Share of the full learning rate, between 0 and 1, for the update that follows `step` finished ones (0 for the first).
 * The warm-up rises linearly and reaches 1 with its last step, so no step is spent on a learning rate of 0; "linear" and
 * "cosine" then fall and would reach 0 at `totalSteps`. "constant" without warm-up is the paper's.
 */
export function learningRateFactor({ name, warmUpSteps = 0 }: Schedule, step: number, totalSteps: number): number {
  if (step < warmUpSteps) return (step + 1) / warmUpSteps;
  const progress = (step - warmUpSteps) / Math.max(1, totalSteps - warmUpSteps);
  return shapes[name](Math.min(1, progress));
}
