import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readSafetensorsHeader, safetensorsPrefix, type SafetensorsHeader } from './safetensors';
import type { TensorType } from './tensorType';

/** A tensor that is to be written, and its bytes piece by piece. */
export interface NewTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly pieces: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * A safetensors file of the cache, which sessions map in place: found again, or made now. It is written under another name first, so it is there
 * whole or not at all.
 *
 * @param tensors what to write, in this order; asked for only where the file is missing.
 */
export async function cachedTensors(
  file: string,
  tensors: () => readonly NewTensor[] | Promise<readonly NewTensor[]>,
): Promise<SafetensorsHeader> {
  const found = await readComplete(file);
  if (found !== undefined) return found;
  await write(file, await tensors());
  return readSafetensorsHeader(file);
}

/** Undefined for a file that is not there or torn: its header does not fit its size. */
function readComplete(file: string): Promise<SafetensorsHeader | undefined> {
  return readSafetensorsHeader(file).catch(() => undefined);
}

async function write(file: string, tensors: readonly NewTensor[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(safetensorsPrefix(tensors));
      for (const { pieces } of tensors) for await (const bytes of pieces()) await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
