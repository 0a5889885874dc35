import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readStoredPrompt, type StoredPrompt } from '../../../engine/prompts/storedPrompt';
import type { RunRecord } from '../../../protocol/run';
import { checkpointPath, listCheckpoints } from '../../../runs/checkpoints';
import { readMarks, readRecord } from '../../../runs/runFolder';

/** A prompt and the run it comes from, where it comes from one. */
export interface PromptSource {
  /** As a person knows it: the run's name and step, or the folder's or file's name. */
  readonly name: string;
  readonly stored: StoredPrompt;
  /** SHA-256 of the prompt's numbers, float32 little-endian, hexadecimal. */
  readonly sha256: string;
  readonly run?: RunRecord;
  readonly step?: number;
}

/**
 * Reads a prompt from a run folder (its best checkpoint, else its last), a checkpoint or adapter folder, or a file.
 * @throws Error saying what is wrong with which file.
 */
export async function readPromptSource(path: string): Promise<PromptSource> {
  const own = await runOf(path);
  if (own) return fromRun(path, own, await chosenStep(path, own));
  const step = /^step-(\d{6,})$/.exec(basename(path))?.[1];
  const runFolder = dirname(dirname(path));
  const run = step === undefined ? undefined : await runOf(runFolder);
  if (run) return fromRun(runFolder, run, Number(step));
  const stored = await readStoredPrompt(path);
  return { name: basename(path), stored, sha256: hashOf(stored.prompt) };
}

async function fromRun(folder: string, run: RunRecord, step: number): Promise<PromptSource> {
  const stored = await readStoredPrompt(checkpointPath(folder, step));
  const { name = run.name } = await readMarks(folder);
  return { name: `${name}, step ${step}`, stored, sha256: hashOf(stored.prompt), run, step };
}

async function runOf(folder: string): Promise<RunRecord | undefined> {
  const there = await stat(join(folder, 'run.json')).then(
    (entry) => entry.isFile(),
    () => false,
  );
  return there ? readRecord(folder) : undefined;
}

async function chosenStep(folder: string, run: RunRecord): Promise<number> {
  const steps = (await listCheckpoints(folder)).map(({ step }) => step);
  const step = [run.best?.step, run.last?.step, steps.at(-1)].find(
    (each) => each !== undefined && steps.includes(each),
  );
  if (step === undefined) throw new Error(`${folder}: the run has no checkpoint yet`);
  return step;
}

function hashOf(prompt: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(prompt.buffer, prompt.byteOffset, prompt.byteLength))
    .digest('hex');
}
