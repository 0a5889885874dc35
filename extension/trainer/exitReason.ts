import type { FailureCode } from '../protocol/trainer';

/** What the client itself did to end the process: `stop` after the grace, `hung` after the watchdog, `abandoned` by closing the channel. */
export type EndedByUs = 'stop' | 'hung' | 'abandoned';

export interface ExitReason {
  readonly code: FailureCode;
  readonly message: string;
}

/**
 * Says in words why a trainer process ended before its job did.
 *
 * @param exitCode of the process, null when a signal ended it.
 * @param signal that ended it.
 * @param lastOutput the last lines it wrote to standard error, where native code leaves its only trace.
 * @param endedByUs what the client did before.
 */
export function exitReason(
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  lastOutput: string,
  endedByUs?: EndedByUs,
): ExitReason {
  if (endedByUs === 'abandoned') {
    return {
      code: 'killed',
      message: 'The trainer was left alone and ended with a checkpoint; the run can be resumed.',
    };
  }
  if (endedByUs === 'hung') {
    return {
      code: 'hung',
      message:
        'The trainer gave no sign of life for too long and was ended. Resume the run, or choose a smaller batch.',
    };
  }
  if (endedByUs === 'stop') {
    return {
      code: 'killed',
      message:
        'The trainer did not finish its step in time and was ended. The last checkpoint is kept; the run can be resumed.',
    };
  }
  if (/bad_alloc|Failed to allocate memory|heap out of memory|Cannot allocate memory|out of memory/i.test(lastOutput)) {
    return {
      code: 'out-of-memory',
      message:
        'The trainer ran out of memory. Lower "training.microBatchTokens" or "task.maxTokens", or choose a smaller model; then resume the run.',
    };
  }
  if (signal === 'SIGKILL') {
    return {
      code: 'killed',
      message:
        'The trainer was killed from outside (SIGKILL): by a person, or by the system when memory ran out. The last checkpoint is kept; the run can be resumed.',
    };
  }
  if (signal !== null) {
    return {
      code: signal === 'SIGTERM' || signal === 'SIGINT' ? 'killed' : 'crashed',
      message: `The trainer was ended by ${signal}. The last checkpoint is kept; the run can be resumed.`,
    };
  }
  return {
    code: 'crashed',
    message: `The trainer ended unexpectedly with exit code ${exitCode ?? 'unknown'}. The log has its last output; the run can be resumed.`,
  };
}
