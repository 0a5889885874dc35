import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { ModelError } from './modelError';

/**
 * The real path of a file of a model folder, all links resolved. A folder may come from anywhere: its links may lead to its own
 * files and into a cache of Hugging Face, whose snapshots are made of links to its blobs, and nowhere else.
 *
 * @returns the plain path where there is no such file.
 * @throws ModelError for a link that leads elsewhere, and for what is no file.
 */
export async function modelFile(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return path;
  if (!isInside(await realpath(folder), real) && !isBlob(real))
    throw new ModelError(
      `${path}: is a link to ${real}, which lies neither in the folder nor in a cache of Hugging Face. ` +
        'Put the file itself into the folder if you trust it.',
    );
  if (!(await stat(real)).isFile()) throw new ModelError(`${path}: is not a file.`);
  return real;
}

export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !/^\.\.[/\\]/.test(way) && !isAbsolute(way);
}

/** Whether a real path is one of the blobs in Hugging Face's cache: models--organisation--name/blobs/hash. */
function isBlob(path: string): boolean {
  const blobs = dirname(path);
  return basename(blobs) === 'blobs' && /^models--/.test(basename(dirname(blobs)));
}
