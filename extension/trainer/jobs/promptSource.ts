import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readStoredPrompt, type StoredPrompt } from '../../engine/prompts/storedPrompt';
import type { ResolvedExperiment } from '../../protocol/presets';
import type { RunRecord } from '../../protocol/run';
import { bestCheckpoint, listCheckpoints, type CheckpointFolder } from '../../runs/checkpoints';
import { readMarks, readRecord, recordPath } from '../../runs/runFolder';
import { attempt } from './context';
import { recordedExperiment } from './experimentSource';

/** A prompt as somebody named it, and the run it is of. */
export interface PromptSource {
  /** As a person knows it: the run's name and step, or the folder's or file's name. */
  readonly name: string;
  readonly stored: StoredPrompt;
  /** SHA-256 of the prompt's numbers, float32 little-endian, hexadecimal. */
  readonly sha256: string;
  readonly run?: SourceRun;
}
export interface SourceRun {
  readonly folder: string;
  readonly record: RunRecord;
  /** Of a run that was tuned here, not imported; every default is filled in. */
  readonly experiment?: ResolvedExperiment;
  /** By rising step. */
  readonly checkpoints: readonly CheckpointFolder[];
  /** The one that was named; of the run as a whole its best, else its last. */
  readonly step: number;
}

/**
 * Reads a prompt as a person names it: the folder of a run, of which the best checkpoint is meant (the last, where none was best), or
 * whatever {@link readStoredPrompt} reads; a checkpoint, or a file in one, is found to be its run's.
 * @param path absolute.
 * @throws TrainerFailure "bad-prompt" saying what is wrong with which file.
 */
export function readPrompt(path: string): Promise<PromptSource> {
  return attempt('bad-prompt', async () => {
    const run = existsSync(path) ? await runOf(path) : undefined;
    const place = run?.folder === path ? run.checkpoints.find(({ step }) => step === run.step)!.folder : path;
    const stored = await readStoredPrompt(place);
    const numbers = new Uint8Array(stored.prompt.buffer, stored.prompt.byteOffset, stored.prompt.byteLength);
    return {
      name: run ? await nameOf(run) : basename(path),
      stored,
      sha256: createHash('sha256').update(numbers).digest('hex'),
      ...(run ? { run } : {}),
    };
  });
}

async function runOf(path: string): Promise<SourceRun | undefined> {
  const inner = statSync(path).isDirectory() ? path : dirname(path);
  const folder = [inner, join(inner, '../..')].find((each) => existsSync(recordPath(each)));
  if (folder === undefined) return undefined;
  const record = await readRecord(folder);
  const checkpoints = await listCheckpoints(folder);
  const chosen =
    folder === inner ? await bestCheckpoint(folder, record) : checkpoints.find((each) => each.folder === inner);
  if (!chosen && folder === path) throw new Error(`${path}: the run has no checkpoint yet`);
  if (!chosen) return undefined;
  const experiment = record.experiment ? { experiment: recordedExperiment(record) } : {};
  return { folder, record, ...experiment, checkpoints, step: chosen.step };
}

async function nameOf({ folder, record, step }: SourceRun): Promise<string> {
  const { name = record.name } = await readMarks(folder);
  return record.imported ? name : `${name}, step ${step}`;
}
