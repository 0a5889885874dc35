import { open } from 'node:fs/promises';
import { ModelError } from './modelError';
import { bytesPerElement } from './tensorType';
import type { Weight } from './weights';

/** Numbers that are in memory at a time: 64 MiB as float32. */
const pieceLength = 1 << 24;

/**
 * The bytes of a weight, so many whole rows at a time.
 *
 * @param together rows that are never parted: each piece but the last has a multiple of them.
 * @throws ModelError where the file ends inside the weight.
 */
export async function* weightPieces(
  { name, file, offset, byteLength, type, shape }: Weight,
  together = 1,
): AsyncGenerator<Uint8Array> {
  const columns = shape.at(-1) ?? 1;
  const rows = Math.max(1, Math.floor(pieceLength / columns / together)) * together;
  const pieceBytes = rows * columns * bytesPerElement[type];
  const handle = await open(file, 'r');
  try {
    for (let done = 0; done < byteLength; done += pieceBytes) {
      const bytes = Buffer.alloc(Math.min(pieceBytes, byteLength - done));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset + done);
      if (bytesRead !== bytes.length) throw new ModelError(`${file}: ends inside tensor "${name}".`);
      yield bytes;
    }
  } finally {
    await handle.close();
  }
}
