import type { FailureCode } from '../protocol/trainer';

/** A job that ended without a result, in words for the person who started it. */
export class TrainerFailure extends Error {
  override readonly name = 'TrainerFailure';

  /**
   * @param code what kind of failure it is, for choosing what to offer next.
   * @param detail what only a log should show, such as a native stack or the last lines of the process.
   */
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly detail?: string,
  ) {
    super(message);
  }
}
