import { type FileHandle, open, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

export interface PrefixStoreOptions {
  /** Bytes that are kept in memory. */
  readonly memoryBytes: number;
  /** Bytes that are kept on disk once the memory is full. What does not fit there either is not kept. */
  readonly diskBytes: number;
  /** Where that file is made; undefined: nothing is written. */
  readonly folder: string | undefined;
}

type Place = { readonly bytes: Uint8Array } | { readonly offset: number; readonly length: number };

/**
 * Bytes by key: the first ones in memory, later ones in one file. The file loses its name as soon as it is open, so that a process that is
 * killed leaves nothing behind: the system frees it with its last handle.
 */
export class PrefixStore {
  readonly #places = new Map<string, Place>();
  #inMemory = 0;
  #onDisk = 0;
  #file: FileHandle | undefined;

  constructor(private readonly options: PrefixStoreOptions) {}

  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** The bytes, or undefined where they are not kept. */
  async get(key: string): Promise<Uint8Array | undefined> {
    const place = this.#places.get(key);
    if (place === undefined || 'bytes' in place) return place?.bytes;
    const bytes = new Uint8Array(place.length);
    await this.#file!.read(bytes, 0, place.length, place.offset);
    return bytes;
  }

  /** Keeps the bytes, which must not change any more, if there is room. @throws Error when the disk is full. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (this.has(key)) return;
    const { memoryBytes, diskBytes, folder } = this.options;
    if (this.#inMemory + bytes.length <= memoryBytes) {
      this.#inMemory += bytes.length;
      this.#places.set(key, { bytes });
    } else if (folder !== undefined && this.#onDisk + bytes.length <= diskBytes) {
      this.#file ??= await openNameless(folder);
      await this.#file.write(bytes, 0, bytes.length, this.#onDisk);
      this.#places.set(key, { offset: this.#onDisk, length: bytes.length });
      this.#onDisk += bytes.length;
    }
  }

  /** Bytes kept in memory and on disk. */
  get size(): { readonly memory: number; readonly disk: number } {
    return { memory: this.#inMemory, disk: this.#onDisk };
  }

  async release(): Promise<void> {
    this.#places.clear();
    await this.#file?.close();
    this.#file = undefined;
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `.prefixes.${randomBytes(6).toString('hex')}.tmp`);
  const file = await open(path, 'wx+');
  await rm(path);
  return file;
}
