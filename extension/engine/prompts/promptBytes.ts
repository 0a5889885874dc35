import { readFile, stat } from 'node:fs/promises';
import { modelFile } from '../models/modelFile';

/** Far more than any prompt: 4,096 virtual tokens of width 16,384. What is longer is not read at all. */
const largestFile = 256 * 1024 * 1024;

/**
 * The bytes of a file that may hold a prompt.
 * @throws Error where there is none, it is a folder, a pipe or a device, is empty or far too large.
 */
export async function promptBytes(path: string): Promise<Uint8Array> {
  const entry = await stat(path).catch((error: unknown) => unreadable(path, error));
  if (!entry.isFile()) throw new Error(`${path}: is ${entry.isDirectory() ? 'a folder' : 'a device or pipe'}, no file`);
  if (entry.size === 0) throw new Error(`${path}: is empty. Fetch or save it again`);
  if (entry.size > largestFile) {
    const size = Math.round(entry.size / 1024 / 1024);
    throw new Error(`${path}: has ${size} MiB, far more than a soft prompt; is it a model?`);
  }
  return readFile(path);
}

/** @throws Error with what the system says against a path, in words. */
export function unreadable(path: string, error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder. Correct the path',
    ENOTDIR: 'there is no such file or folder. Correct the path',
    EACCES: 'you may not read it. Change its permissions',
  };
  throw new Error(`${path}: ${reasons[code ?? ''] ?? `cannot be read (${message})`}`, { cause: error });
}

/**
 * The bytes of a file of a folder, which may be another person's: a link may stay inside of it or lead to a blob of the hub's cache.
 * Undefined where there is no such file.
 * @throws Error as {@link promptBytes}; ModelError for a link that leads elsewhere.
 */
export async function memberBytes(folder: string, name: string): Promise<Uint8Array | undefined> {
  const path = await modelFile(folder, name);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere ? promptBytes(path) : undefined;
}
