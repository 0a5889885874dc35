import type { TokenEffects } from '../../protocol/inspection';
import type { TokenEffectsJob } from '../../protocol/trainer';
import { TrainerFailure } from '../failure';

/** Answers `token-effects`; its numbers follow. */
export function tokenEffects(job: TokenEffectsJob): Promise<TokenEffects> {
  return Promise.reject(new TrainerFailure('internal', `The job "${job.kind}" has no numbers yet.`));
}
