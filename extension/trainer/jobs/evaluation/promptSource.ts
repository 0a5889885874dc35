import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { readStoredPrompt, type StoredPrompt } from '../../../engine/prompts/storedPrompt';
import type { ResolvedExperiment } from '../../../protocol/presets';
import type { RunRecord } from '../../../protocol/run';
import { bestCheckpoint, checkpointPath } from '../../../runs/checkpoints';
import { recordedExperiment } from '../experimentSource';
import { readMarks, readRecord, recordPath } from '../../../runs/runFolder';

/** A prompt and the run it comes from, where it comes from one. */
export interface PromptSource {
  /** As a person knows it: the run's name and step, or the folder's or file's name. */
  readonly name: string;
  readonly stored: StoredPrompt;
  /** SHA-256 of the prompt's numbers, float32 little-endian, hexadecimal. */
  readonly sha256: string;
  readonly run?: RunRecord;
  /** Of a run that was tuned here, not imported; every default is filled in. */
  readonly experiment?: ResolvedExperiment;
  readonly step?: number;
}

/**
 * Reads a prompt from a run folder (its best checkpoint, else its last), a checkpoint or adapter folder, or a file.
 * @throws Error saying what is wrong with which file.
 */
export async function readPromptSource(path: string): Promise<PromptSource> {
  const own = await runOf(path);
  if (own) {
    const checkpoint = await bestCheckpoint(path, own);
    if (!checkpoint) throw new Error(`${path}: the run has no checkpoint yet`);
    return fromRun(path, own, checkpoint.step);
  }
  const step = /^step-(\d{6,})$/.exec(basename(path))?.[1];
  const runFolder = dirname(dirname(path));
  const run = step === undefined ? undefined : await runOf(runFolder);
  if (run) return fromRun(runFolder, run, Number(step));
  const stored = await readStoredPrompt(path);
  return { name: basename(path), stored, sha256: promptHash(stored.prompt) };
}

async function fromRun(folder: string, run: RunRecord, step: number): Promise<PromptSource> {
  const stored = await readStoredPrompt(checkpointPath(folder, step));
  const { name = run.name } = await readMarks(folder);
  return {
    ...{ name: run.imported ? name : `${name}, step ${step}`, stored, sha256: promptHash(stored.prompt), run, step },
    ...(run.experiment ? { experiment: recordedExperiment(run) } : {}),
  };
}

async function runOf(folder: string): Promise<RunRecord | undefined> {
  const there = await stat(recordPath(folder)).then(
    (entry) => entry.isFile(),
    () => false,
  );
  return there ? readRecord(folder) : undefined;
}

/** SHA-256 of a prompt's numbers, float32 little-endian, hexadecimal. */
export function promptHash(prompt: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(prompt.buffer, prompt.byteOffset, prompt.byteLength))
    .digest('hex');
}
