import type { FailureCode, JobEvent, TrainerResources } from '../../protocol/trainer';
import { TrainerFailure } from '../failure';

/** What a job may use of the process it runs in; the command line gives the same without a process. */
export interface JobContext {
  readonly resources: TrainerResources;
  /** Aborted when somebody asked the job to stop, or the other end went away. */
  readonly signal: AbortSignal;
  /** Whether the other end went away: the run then stays open, to be resumed. */
  readonly orphaned: () => boolean;
  readonly event: (event: JobEvent) => void;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;
  /** Sign of life between steps. */
  readonly heartbeat: () => void;
}

/** Runs `work`; what it throws becomes a {@link TrainerFailure} of the given kind, with its own words. */
export async function attempt<Value>(code: FailureCode, work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TrainerFailure) throw error;
    const thrown = error instanceof Error ? error : new Error(String(error));
    throw new TrainerFailure(code, thrown.message, thrown.stack);
  }
}
