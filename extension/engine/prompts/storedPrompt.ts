import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FrozenModel } from '../models/frozenModel';
import { adapterConfigFile, adapterWeightsFile, readAdapter } from './adapter';

/** A soft prompt as it lies on disk, in whatever format. */
export interface StoredPrompt {
  /** What was read: a folder or a file, absolute. */
  readonly path: string;
  /** [P, D] row-major. */
  readonly prompt: Float32Array;
  /** P. */
  readonly length: number;
  /** D. */
  readonly width: number;
  /** What the file says of the frozen model it belongs to, where it says anything. */
  readonly kind?: FrozenModel['kind'];
  readonly baseModel?: string;
}

/**
 * Reads any prompt there is: an adapter folder (a checkpoint is one) or its weights file.
 *
 * @param path absolute.
 * @throws Error saying what is wrong with which file.
 */
export async function readStoredPrompt(path: string): Promise<StoredPrompt> {
  const folder = (await stat(path)).isDirectory() ? path : dirname(path);
  if (folder !== path && basename(path) !== adapterWeightsFile && basename(path) !== adapterConfigFile)
    throw new Error(`${path}: is no ${adapterWeightsFile} and no folder with one`);
  const names = [adapterConfigFile, adapterWeightsFile];
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const));
  const { prompt, length, width, kind, nameOrPath } = readAdapter(Object.fromEntries(files), folder);
  return { path, prompt, length, width, kind, ...(nameOrPath === null ? {} : { baseModel: nameOrPath }) };
}
