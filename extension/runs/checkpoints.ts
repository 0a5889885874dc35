import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../protocol/run';
import { errorCode, removeUnfinished, writeFolderAtomic } from './atomicFile';

/** A finished checkpoint of a run. */
export interface CheckpointFolder {
  readonly step: number;
  /** Absolute where the run's folder is. */
  readonly folder: string;
}

/** Where the checkpoint of a step lies: `checkpoints/step-000200` in the run's folder. */
export function checkpointPath(runFolder: string, step: number): string {
  return join(runFolder, 'checkpoints', `step-${String(step).padStart(6, '0')}`);
}

/** Writes a checkpoint, file name -> bytes; it appears whole or not at all. @returns its folder. */
export async function writeCheckpoint(
  runFolder: string,
  step: number,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const folder = checkpointPath(runFolder, step);
  await writeFolderAtomic(folder, files);
  return folder;
}

/** The finished checkpoints of a run, by rising step. */
export async function listCheckpoints(runFolder: string): Promise<CheckpointFolder[]> {
  const names = await readdir(join(runFolder, 'checkpoints')).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const digits = /^step-(\d{6,})$/.exec(name)?.[1];
      return digits === undefined ? [] : [{ step: Number(digits), folder: join(runFolder, 'checkpoints', name) }];
    })
    .toSorted((a, b) => a.step - b.step);
}

/** The checkpoint that stands for a run: its best, else its last; undefined where none is on the disk. */
export async function bestCheckpoint(
  runFolder: string,
  { best, last }: Pick<RunRecord, 'best' | 'last'>,
): Promise<CheckpointFolder | undefined> {
  const checkpoints = await listCheckpoints(runFolder);
  return (
    checkpoints.find(({ step }) => step === best?.step) ??
    checkpoints.find(({ step }) => step === last?.step) ??
    checkpoints.at(-1)
  );
}

/** The files of a checkpoint folder, or of any adapter folder: name -> bytes. */
export async function readCheckpointFiles(folder: string): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

/** Removes every checkpoint but those of the given steps. */
export async function pruneCheckpoints(runFolder: string, keep: readonly number[]): Promise<void> {
  for (const { step, folder } of await listCheckpoints(runFolder)) {
    if (!keep.includes(step)) await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what a killed writer left half done, in a run and among its checkpoints. Only for the holder of the run's lock. */
export async function removeUnfinishedWrites(runFolder: string): Promise<void> {
  await removeUnfinished(join(runFolder, 'checkpoints'));
  // The marks are the editor's, which may be writing them at this moment.
  await removeUnfinished(runFolder, (target) => target !== 'marks.json');
}
