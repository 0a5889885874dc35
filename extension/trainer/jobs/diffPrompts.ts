import type { PromptDiff } from '../../protocol/inspection';
import type { DiffPromptsJob } from '../../protocol/trainer';
import { TrainerFailure } from '../failure';

/** Answers `diff-prompts`; its numbers follow. */
export function diffPrompts(job: DiffPromptsJob): Promise<PromptDiff> {
  return Promise.reject(new TrainerFailure('internal', `The job "${job.kind}" has no numbers yet.`));
}
