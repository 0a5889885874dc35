import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export const adapterWeights = 'adapter_model.safetensors';
export const adapterConfiguration = 'adapter_config.json';
/** Our own notes beside an adapter: which frozen model it is of, and where the prompt stands. */
export const studioNotes = 'studio.json';

/** The files that make up a prompt, absolute: of a run the record, which names its checkpoints by being beside them. */
async function filesOf(path: string): Promise<string[]> {
  const isFolder = (await stat(path)).isDirectory();
  if (!isFolder) {
    const isAdapter = [adapterWeights, adapterConfiguration].includes(basename(path));
    return isAdapter ? [join(dirname(path), adapterWeights), join(dirname(path), adapterConfiguration)] : [path];
  }
  const names = await readdir(path);
  const checkpoints = names.includes('checkpoints') ? (await readdir(join(path, 'checkpoints'))).sort() : [];
  const adapters = [path, ...checkpoints.map((name) => join(path, 'checkpoints', name))];
  return adapters.map((folder) => join(folder, adapterWeights));
}

/**
 * Hash of a prompt's content, by which it is known whether it has changed since it was looked at. Prompts are small: a hundred
 * virtual tokens of width 2048 are 800 kB.
 *
 * @param path absolute: a run folder, a checkpoint or adapter folder, or a file.
 * @throws Error where nothing is there.
 */
export async function promptHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesOf(path)) {
    // A run's own folder has no weights, and an adapter may lack a file: the trainer says what is wrong with it.
    const bytes = await readFile(file).catch(() => undefined);
    hash.update(file).update(bytes ?? 'absent');
  }
  return hash.digest('hex');
}

/** Names by which the explorer and the editor know a file as a prompt; package.json has the same. */
export function isPromptFile(path: string): boolean {
  const name = basename(path);
  return name === adapterConfiguration || name === adapterWeights || /\.npy$/i.test(name);
}

/** The folder that an adapter's file stands for, which is a better name than that of the file; any other path as it is. */
export function promptPlace(path: string): string {
  return [adapterWeights, adapterConfiguration].includes(basename(path)) ? dirname(path) : path;
}

/** What a path is called in a title: a checkpoint by its run and step, anything else by its last part. */
export function placeName(path: string): string {
  const place = promptPlace(path);
  const name = basename(place);
  return /^step-\d+$/.test(name) && basename(dirname(place)) === 'checkpoints'
    ? `${basename(dirname(dirname(place)))} ${name}`
    : name;
}
