import type { Scores } from './bestScore';
import type { OptimizerState } from './optimizers/optimizer';

/**
 * Everything that decides how tuning goes on: two loops that start from equal states give bit-equal prompts. The order of the
 * data needs no place here, it is a pure function of the seed and the step.
 */
export interface TuningState {
  /** Finished optimiser steps. */
  readonly step: number;
  /** [P, D] row-major. */
  readonly prompt: Float32Array;
  /** Undefined before the first step. */
  readonly optimizer: OptimizerState | undefined;
  /** The training examples that the steps so far used, see `fingerprint`. Undefined before the first step. */
  readonly data: string | undefined;
  readonly best: { readonly step: number; readonly scores: Scores } | undefined;
  readonly lastEvaluation: { readonly step: number; readonly scores: Scores } | undefined;
  readonly evaluationsSinceBest: number;
  /** Seconds of tuning so far, evaluations included. */
  readonly seconds: number;
}

/** Where a new run starts. */
export function freshState(prompt: Float32Array): TuningState {
  return {
    step: 0,
    prompt,
    optimizer: undefined,
    data: undefined,
    best: undefined,
    lastEvaluation: undefined,
    evaluationsSinceBest: 0,
    seconds: 0,
  };
}
