import type { RunRecord } from '../../../extension/protocol/run';
import type { JobContext } from '../../../extension/trainer/jobs/context';
import { runJob } from '../../../extension/trainer/jobs/table';
import { bundledModel } from './tinyExperiment';

/** What a job is given by somebody who only waits for its end. */
export const quiet = (changes: Partial<JobContext> = {}): JobContext => ({
  resources: { bundledModel },
  signal: new AbortController().signal,
  orphaned: () => false,
  event: () => undefined,
  log: () => undefined,
  heartbeat: () => undefined,
  ...changes,
});

/** A run of an experiment file on the CPU, from its beginning to its end. */
export function tuned(
  experimentFile: string,
  runsFolder: string,
): Promise<{ readonly folder: string; readonly record: RunRecord }> {
  return runJob({ kind: 'tune', experimentFile, runsFolder, executionProvider: 'cpu' }, quiet());
}
