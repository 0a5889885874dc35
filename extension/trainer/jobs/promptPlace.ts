import { existsSync } from 'node:fs';
import { readStoredPrompt, type StoredPrompt } from '../../engine/prompts/storedPrompt';
import { bestCheckpoint } from '../../runs/checkpoints';
import { readRecord, recordPath } from '../../runs/runFolder';
import { attempt } from './context';

/**
 * Reads a prompt as a person names it: the folder of a run, of which the best checkpoint is meant (the last, where none was best), or
 * whatever {@link readStoredPrompt} reads.
 * @param path absolute.
 * @throws TrainerFailure "bad-prompt" saying what is wrong with which file.
 */
export function readNamedPrompt(path: string): Promise<StoredPrompt> {
  return attempt('bad-prompt', async () => readStoredPrompt(await promptPlace(path)));
}

async function promptPlace(path: string): Promise<string> {
  if (!existsSync(recordPath(path))) return path;
  const checkpoint = await bestCheckpoint(path, await readRecord(path));
  if (!checkpoint) throw new Error(`${path}: the run has no checkpoint yet`);
  return checkpoint.folder;
}
