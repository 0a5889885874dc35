import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { FrozenModel } from '../models/frozenModel';
import { adapterConfigFile, adapterWeightsFile, pickledWeightsFile, readAdapter } from './adapter';
import { readNpy } from './npy';
import { learnedOn, studioFile, type LearnedOn } from './studioNotes';
import { decodeTensors } from './tensorFile';

/** A soft prompt as it lies on disk, in whatever format. */
export interface StoredPrompt {
  /** What was read: a folder or a file, absolute. */
  readonly path: string;
  /** PEFT's adapter, one matrix as safetensors, one matrix as numpy's `.npy`. */
  readonly format: 'peft' | 'safetensors' | 'npy';
  /** [P, D] row-major, every number finite. */
  readonly prompt: Float32Array;
  /** P. */
  readonly length: number;
  /** D. */
  readonly width: number;
  /** What the file says of the frozen model it belongs to, where it says anything. */
  readonly kind?: FrozenModel['kind'];
  readonly baseModel?: string;
  readonly layers?: number;
  readonly heads?: number;
  /** What this program noted of that model. */
  readonly learnedOn?: LearnedOn;
}

/** Far more than any prompt: 4,096 virtual tokens of width 16,384. What is longer is not read at all. */
const largestFile = 256 * 1024 * 1024;

type Found = Omit<StoredPrompt, 'path'>;
type Reader = (path: string) => Promise<Found>;

/** How a file is read, by the end of its name. */
const readers: Readonly<Record<string, Reader>> = {
  '.safetensors': readMatrix,
  '.npy': async (path) => {
    const { rows, width, data } = readNpy(await bytesOf(path), path);
    return { format: 'npy', prompt: data, length: rows, width };
  },
  ...Object.fromEntries(['.bin', '.pt', '.pth', '.ckpt', '.pkl'].map((ending) => [ending, refusePickle])),
};

/**
 * Reads any prompt there is: an adapter folder (a checkpoint is one) or either of its files, a safetensors file with one matrix
 * [P, D], or numpy's `.npy`.
 *
 * @param path absolute.
 * @throws Error saying what is wrong with which file: missing, damaged, of another method, not finite.
 */
export async function readStoredPrompt(path: string): Promise<StoredPrompt> {
  const entry = await stat(path).catch((error: unknown) => {
    throw new Error(`${path}: cannot be read (${(error as Error).message})`, { cause: error });
  });
  const isFolder = entry.isDirectory();
  const isAdapter = isFolder || [adapterConfigFile, adapterWeightsFile].includes(basename(path));
  const read = isAdapter ? readAdapterFolder : readers[extname(path).toLowerCase()];
  if (!read) {
    throw new Error(
      `${path}: is no prompt file. Give an adapter folder, a .safetensors file with one matrix, or a .npy file`,
    );
  }
  const found = await read(isAdapter && !isFolder ? dirname(path) : path);
  refuseNotFinite(found, path);
  return { path, ...found };
}

async function readAdapterFolder(folder: string): Promise<Found> {
  const names = [adapterConfigFile, adapterWeightsFile, studioFile];
  const read = await Promise.all(names.map(async (name) => [name, await bytesIfThere(join(folder, name))] as const));
  const files = Object.fromEntries(read.filter((file): file is [string, Uint8Array] => file[1] !== undefined));
  if (!files[adapterWeightsFile]) await refuseIfPickled(join(folder, pickledWeightsFile));
  const { prompt, length, width, kind, nameOrPath, layers, heads } = readAdapter(files, folder);
  return {
    ...{ format: 'peft', prompt, length, width, kind },
    ...(nameOrPath === null ? {} : { baseModel: nameOrPath }),
    ...(layers === null ? {} : { layers }),
    ...(heads === null ? {} : { heads }),
    learnedOn: learnedOn(files[studioFile]),
  };
}

async function readMatrix(path: string): Promise<Found> {
  const [tensor, ...others] = Object.values(decodeTensors(await bytesOf(path), path));
  const [length = 0, width = 0] = tensor?.shape ?? [];
  if (others.length > 0 || tensor?.shape.length !== 2 || length === 0 || width === 0) {
    const shapes = [tensor, ...others].flatMap((each) => (each ? [`[${each.shape.join(', ')}]`] : []));
    throw new Error(
      `${path}: a prompt is one matrix of virtual tokens by width; this file has ${shapes.length === 0 ? 'none' : shapes.slice(0, 5).join(', ')}`,
    );
  }
  return { format: 'safetensors', prompt: Float32Array.from(tensor.data), length, width };
}

function refusePickle(path: string): Promise<never> {
  return Promise.reject(
    new Error(
      `${path}: is not read because such a file can run code: load it with PEFT or torch where you trust it, and save it as safetensors`,
    ),
  );
}

async function refuseIfPickled(path: string): Promise<void> {
  if ((await stat(path).catch(() => undefined)) !== undefined) await refusePickle(path);
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > largestFile) {
    throw new Error(`${path}: has ${Math.round(size / 1024 / 1024)} MiB, far more than a soft prompt; is it a model?`);
  }
  return readFile(path);
}

async function bytesIfThere(path: string): Promise<Uint8Array | undefined> {
  return bytesOf(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

function refuseNotFinite({ prompt, width }: Found, path: string): void {
  const at = prompt.findIndex((number) => !Number.isFinite(number));
  if (at === -1) return;
  throw new Error(
    `${path}: the number at virtual token ${Math.floor(at / width)}, dimension ${at % width} is ${prompt[at]}, counted from 0; a model cannot compute with it`,
  );
}
