import type { PromptInspection } from '../../protocol/inspection';
import type { InspectJob } from '../../protocol/trainer';
import { TrainerFailure } from '../failure';

/** Answers `inspect`; its numbers follow. */
export function inspect(job: InspectJob): Promise<PromptInspection> {
  return Promise.reject(new TrainerFailure('internal', `The job "${job.kind}" has no numbers yet.`));
}
