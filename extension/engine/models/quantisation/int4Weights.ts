import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type WeightSource, quantisedWeight } from '../../graph/leaves';
import { cacheFolder } from '../../storage/cacheFolder';
import { cachedTensors, type NewTensor } from '../cachedTensors';
import { type WeightStorage, asStored } from '../frozenTensors';
import type { TensorEntry } from '../safetensors';
import { toFloat32 } from '../tensorType';
import { weightPieces } from '../weightPieces';
import type { Weight } from '../weights';
import { type BlockAxis, blockSize, int4Blocks } from './int4Blocks';

/** Raised when the same weights must quantise to other bytes than before. */
const layoutVersion = 1;

/** Beside the codes, which have the name of their weight. */
const scalesName = (name: string): string => `${name}.scales`;

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
  const header = await cachedTensors(file, () => places.flatMap((place) => newTensors(place, axes.get(place.name))));
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

/** What stands in the file for a weight. @param axis along which it is quantised; undefined: as it is. */
function newTensors(place: Weight, axis: BlockAxis | undefined): NewTensor[] {
  const { name, type, shape } = place;
  if (axis === undefined) return [{ name, type, shape, pieces: () => weightPieces(place) }];
  const columns = shape.at(-1)!;
  const elements = shape.reduce((product, length) => product * length, 1);
  const scales: Uint8Array[] = [];
  async function* codes(): AsyncGenerator<Uint8Array> {
    for await (const bytes of weightPieces(place, blockSize)) {
      const numbers = toFloat32(bytes, type);
      const blocks = int4Blocks(numbers, [numbers.length / columns, columns], axis!);
      scales.push(new Uint8Array(blocks.scales.buffer));
      yield blocks.codes;
    }
  }
  return [
    { name, type: 'U8', shape: [elements / 2], pieces: codes },
    { name: scalesName(name), type: 'F32', shape: shape.with(axis, shape[axis]! / blockSize), pieces: () => scales },
  ];
}

function positionOf({ offset, byteLength }: TensorEntry, file: string): Pick<Weight, 'file' | 'offset' | 'byteLength'> {
  return { file, offset, byteLength };
}

function sourceOf({ name, offset, byteLength }: TensorEntry, file: string): Omit<WeightSource, 'storage' | 'shape'> {
  return { name, file, offset, length: byteLength };
}
