import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from './hubError';

/** Lets time pass; rejects when the signal is aborted. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

export const wait: Wait = (milliseconds, signal) => delay(milliseconds, undefined, { signal });

/** Failures in a row after which it is given up. */
const attempts = 5;
/** Longer than this nobody looks on; the error then says how long. */
const longestWait = 60_000;

/**
 * Does `attempt` until it works: temporary failures are tried again after 1, 2, 4 and 8 seconds, or when the hub asked to. An
 * attempt that got further than the one before, by `position`, counts as the first.
 */
export async function retrying<Result>(
  attempt: () => Promise<Result>,
  signal: AbortSignal,
  pause: Wait,
  position: () => number = () => 0,
): Promise<Result> {
  let failures = 0;
  for (;;) {
    const before = position();
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw stopped(error);
      if (!(error instanceof HubError) || !error.temporary) throw error;
      failures = position() > before ? 1 : failures + 1;
      const milliseconds = error.retryAfter ?? 1000 * 2 ** (failures - 1);
      if (failures === attempts || milliseconds > longestWait) throw error;
      await pause(milliseconds, signal).catch((reason: unknown) => {
        throw stopped(reason);
      });
    }
  }
}

/** The error of something that was asked to stop. */
export function stopped(cause?: unknown): HubError {
  return new HubError('stopped', 'Stopped. What was fetched stays; the same download goes on from there.', { cause });
}
