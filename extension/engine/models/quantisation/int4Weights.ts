import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type WeightSource, quantisedWeight } from '../../graph/leaves';
import { cacheFolder } from '../../storage/cacheFolder';
import { type WeightStorage, asStored } from '../frozenTensors';
import { ModelError } from '../modelError';
import { readSafetensorsHeader, safetensorsPrefix, type SafetensorsHeader, type TensorEntry } from '../safetensors';
import { bytesPerElement, toFloat32, type TensorType } from '../tensorType';
import type { Weight } from '../weights';
import { type BlockAxis, blockSize, int4Blocks } from './int4Blocks';

/** Raised when the same weights must quantise to other bytes than before. */
const layoutVersion = 1;

/** Beside the codes, which have the name of their weight. */
const scalesName = (name: string): string => `${name}.scales`;

/** Numbers that are in memory at a time: 64 MiB as float32. */
const pieceLength = 1 << 24;

export interface Int4Options {
  /** Which of the weights are quantised, and along which axis. */
  readonly axes: ReadonlyMap<string, BlockAxis>;
  /** SHA-256 over the frozen weights. */
  readonly sourceHash: string;
  /** The folder to keep the file in; default: `models` in {@link cacheFolder}. */
  readonly cache?: string | undefined;
}

/**
 * Weights of linear maps as 4-bit codes, the others as they are, all in one file of the cache, which sessions map in place. It is
 * made on first use and found again by the hash of its source. It is a safetensors file whose codes stand as bytes.
 */
export async function int4Weights(places: readonly Weight[], options: Int4Options): Promise<WeightStorage> {
  const { axes, sourceHash, cache = join(cacheFolder(), 'models') } = options;
  const key = createHash('sha256').update(JSON.stringify([layoutVersion, blockSize, sourceHash, [...axes].sort()]));
  const file = join(cache, `${key.digest('hex')}.int4.safetensors`);
  const header = (await readComplete(file)) ?? (await make(file, places, axes));
  return (place) => {
    const axis = axes.get(place.name);
    const entry = header.tensors.get(place.name)!;
    if (axis === undefined) return asStored({ ...place, ...positionOf(entry, file) });
    const scales = header.tensors.get(scalesName(place.name))!;
    return quantisedWeight(
      { ...sourceOf(entry, file), storage: 'int4', shape: place.shape },
      { ...sourceOf(scales, file), storage: 'float32', shape: scales.shape },
      axis,
      blockSize,
    );
  };
}

/** Undefined for a file that is not there or torn: its header does not fit its size. */
function readComplete(file: string): Promise<SafetensorsHeader | undefined> {
  return readSafetensorsHeader(file).catch(() => undefined);
}

/** Writes the file under another name first: it is there whole or not at all. */
async function make(
  file: string,
  places: readonly Weight[],
  axes: ReadonlyMap<string, BlockAxis>,
): Promise<SafetensorsHeader> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(safetensorsPrefix(places.flatMap((place) => entriesOf(place, axes))));
      for (const place of places) await writeWeight(handle, place, axes.get(place.name));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return readSafetensorsHeader(file);
}

interface Entry {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
}

function entriesOf({ name, type, shape }: Weight, axes: ReadonlyMap<string, BlockAxis>): Entry[] {
  const axis = axes.get(name);
  if (axis === undefined) return [{ name, type, shape }];
  const elements = shape.reduce((product, length) => product * length, 1);
  return [
    { name, type: 'U8', shape: [elements / 2] },
    { name: scalesName(name), type: 'F32', shape: shape.with(axis, shape[axis]! / blockSize) },
  ];
}

async function writeWeight(handle: FileHandle, place: Weight, axis: BlockAxis | undefined): Promise<void> {
  const columns = place.shape.at(-1) ?? 1;
  const scales: Float32Array[] = [];
  for await (const bytes of piecesOf(place, columns)) {
    if (axis === undefined) {
      await handle.writeFile(bytes);
      continue;
    }
    const numbers = toFloat32(bytes, place.type);
    const blocks = int4Blocks(numbers, [numbers.length / columns, columns], axis);
    await handle.writeFile(blocks.codes);
    scales.push(blocks.scales);
  }
  for (const each of scales) await handle.writeFile(new Uint8Array(each.buffer));
}

/** The bytes of a tensor, so many whole rows at a time that no block is cut. */
async function* piecesOf(
  { name, file, offset, byteLength, type }: Weight,
  columns: number,
): AsyncGenerator<Uint8Array> {
  const rows = Math.max(1, Math.floor(pieceLength / columns / blockSize)) * blockSize;
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

function positionOf({ offset, byteLength }: TensorEntry, file: string): Pick<Weight, 'file' | 'offset' | 'byteLength'> {
  return { file, offset, byteLength };
}

function sourceOf({ name, offset, byteLength }: TensorEntry, file: string): Omit<WeightSource, 'storage' | 'shape'> {
  return { name, file, offset, length: byteLength };
}
