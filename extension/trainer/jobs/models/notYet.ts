import { TrainerFailure } from '../../failure';

/** Stands in for a job until its own file is there. */
export function notYet(): Promise<never> {
  return Promise.reject(new TrainerFailure('internal', 'This job is not there yet.'));
}
