import { join } from 'node:path';
import { LockedError, acquireFileLock, type FileLock } from './fileLock';

/** The run is being written by another process that is alive. */
export class RunInUseError extends Error {
  constructor(
    readonly folder: string,
    readonly pid: number | undefined,
  ) {
    super(`the run ${folder} is in use${pid === undefined ? '' : ` by process ${pid}`}; stop it first`);
    this.name = 'RunInUseError';
  }
}

export type RunLock = FileLock;

/**
 * Makes this process the only writer of a run, by its `run.lock`, until released or until it dies.
 * @throws RunInUseError while a living process holds it.
 */
export async function acquireRunLock(folder: string): Promise<RunLock> {
  try {
    return await acquireFileLock(join(folder, 'run.lock'));
  } catch (error) {
    if (error instanceof LockedError) throw new RunInUseError(folder, error.pid);
    throw error;
  }
}
