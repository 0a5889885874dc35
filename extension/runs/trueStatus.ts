import { type ProcessIdentity, isAlive } from './processIdentity';

/** A record of work that a process does. */
interface WorkRecord {
  readonly status: 'running' | 'finished' | 'stopped' | 'failed' | 'interrupted';
  readonly process?: ProcessIdentity | undefined;
}

/** The record, `interrupted` where it says `running` but its process is gone. */
export async function withTrueStatus<Work extends WorkRecord>(record: Work): Promise<Work> {
  if (record.status !== 'running' || (record.process && (await isAlive(record.process)))) return record;
  return { ...record, status: 'interrupted' };
}

/**
 * The record as {@link withTrueStatus} has it. Where that is `interrupted` it is read once more: the process may have written its end and
 * left between the two looks.
 */
export async function readTrueStatus<Work extends WorkRecord>(read: () => Promise<Work>): Promise<Work> {
  const seen = await withTrueStatus(await read());
  return seen.status === 'interrupted' ? withTrueStatus(await read()) : seen;
}
