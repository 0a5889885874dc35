import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { FrozenModel } from '../models/frozenModel';
import { adapterConfigFile, adapterWeightsFile, pickledWeightsFile, readAdapter } from './adapter';
import { readNpy } from './npy';
import { memberBytes, promptBytes, unreadable } from './promptBytes';
import { readPromptMatrix } from './promptMatrix';
import { learnedOn, studioFile, type LearnedOn } from './studioNotes';

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
  /** What a person should know of how it was read, a sentence each. */
  readonly remarks?: readonly string[];
}

type Found = Omit<StoredPrompt, 'path'>;
type Reader = (path: string) => Promise<Found>;

/** How a file is read, by the end of its name. */
const readers: Readonly<Record<string, Reader>> = {
  '.safetensors': readMatrix,
  '.npy': async (path) => {
    const { rows, width, data } = readNpy(await promptBytes(path), path);
    return { format: 'npy', prompt: data, length: rows, width };
  },
  '.npz': refuseArchive,
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
  const entry = await stat(path).catch((error: unknown) => unreadable(path, error));
  const isFolder = entry.isDirectory();
  const isAdapter =
    isFolder ||
    basename(path) === adapterConfigFile ||
    (basename(path) === adapterWeightsFile && existsSync(join(dirname(path), adapterConfigFile)));
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
  const read = await Promise.all(names.map(async (name) => [name, await memberBytes(folder, name)] as const));
  const files = Object.fromEntries(read.filter((file): file is [string, Uint8Array] => file[1] !== undefined));
  if (!files[adapterConfigFile]) await refuseWithoutConfig(folder);
  const pickle = join(folder, pickledWeightsFile);
  if (!files[adapterWeightsFile] && existsSync(pickle)) await refusePickle(pickle);
  const { prompt, length, width, kind, nameOrPath, layers, heads, remarks } = readAdapter(files, folder);
  const notes = [...remarks, ...(files[studioFile] ? [] : await otherWeights(folder))];
  return {
    ...{ format: 'peft', prompt, length, width },
    ...(kind === undefined ? {} : { kind }),
    ...(notes.length === 0 ? {} : { remarks: notes }),
    ...(nameOrPath === null ? {} : { baseModel: nameOrPath }),
    ...(layers === null ? {} : { layers }),
    ...(heads === null ? {} : { heads }),
    learnedOn: learnedOn(files[studioFile]),
  };
}

async function readMatrix(path: string): Promise<Found> {
  const { data, rows, width } = readPromptMatrix(await promptBytes(path), path);
  return { format: 'safetensors', prompt: data, length: rows, width };
}

/** What PEFT's training loop leaves in a folder: nothing that a prompt acts with. */
const ofTraining = /^(optimizer|scheduler|scaler|training_args|rng_state.*)\.(bin|pt|pth)$/;

/** Other weights beside an adapter, which PEFT does not read either: the prompt may have been learned with them. */
async function otherWeights(folder: string): Promise<string[]> {
  const others = (await readdir(folder))
    .filter((name) => /\.(safetensors|bin|pt|pth|gguf)$/.test(name) && !ofTraining.test(name))
    .filter((name) => name !== adapterWeightsFile && name !== pickledWeightsFile)
    .sort();
  if (others.length === 0) return [];
  const more = others.length > 3 ? ` and ${others.length - 3} more` : '';
  return [
    `${folder}: ${others.slice(0, 3).join(', ')}${more} beside the adapter: no part of it and not used, as in PEFT.`,
  ];
}

/** A pickle names functions to call, so reading one runs what its author wants. */
function refusePickle(path: string): Promise<never> {
  const wayOut =
    basename(path) === pickledWeightsFile
      ? 'load the adapter with PEFT 0.7 or later and save it again with save_pretrained, which writes adapter_model.safetensors'
      : 'load it with torch.load(FILE, weights_only=True) and save the matrix with numpy.save("prompt.npy", matrix.float().numpy())';
  return Promise.reject(
    new Error(`${path}: is a pickle and is not read because such a file can run code. If you trust it, ${wayOut}`),
  );
}

function refuseArchive(path: string): Promise<never> {
  return Promise.reject(
    new Error(
      `${path}: is an archive of arrays. Save the one matrix of the prompt with numpy.save("prompt.npy", matrix)`,
    ),
  );
}

/** @throws Error saying which folders inside hold adapters: PEFT saves one that is not called "default" into a folder of its name. */
async function refuseWithoutConfig(folder: string): Promise<never> {
  const inside = await readdir(folder, { withFileTypes: true });
  const adapters = inside
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, adapterConfigFile)))
    .map(({ name }) => name)
    .sort();
  const hint =
    adapters.length === 0
      ? '; give an adapter folder, a .safetensors file with one matrix, or a .npy file'
      : `; give one of the adapters inside: ${adapters.slice(0, 5).join(', ')}`;
  throw new Error(`${folder}: there is no ${adapterConfigFile} in it${hint}`);
}

function refuseNotFinite({ prompt, width }: Found, path: string): void {
  const at = prompt.findIndex((number) => !Number.isFinite(number));
  if (at === -1) return;
  throw new Error(
    `${path}: the number at virtual token ${Math.floor(at / width)}, dimension ${at % width} is ${prompt[at]}, counted from 0; a model cannot compute with it`,
  );
}
