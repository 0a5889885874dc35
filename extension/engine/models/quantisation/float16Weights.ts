import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { cacheFolder } from '../../storage/cacheFolder';
import { cachedTensors, type NewTensor } from '../cachedTensors';
import { type WeightStorage, asStored } from '../frozenTensors';
import { fromFloat32, toFloat32 } from '../tensorType';
import { weightPieces } from '../weightPieces';
import type { Weight } from '../weights';

/** The largest number of float16. */
const largestHalf = 65504;

export interface Float16Weights {
  readonly storage: WeightStorage;
  /** Matrices that stay as they are: one of their numbers is beyond float16. */
  readonly tooLarge: readonly string[];
}

/**
 * Matrices as float16. Those that are stored so are used where they lie; others are rounded once, to the nearest, into a file of the cache that
 * is found again by the hash of the weights. Vectors stay as they are.
 *
 * @param sourceHash SHA-256 over the frozen weights; asked for only where something is to be rounded.
 * @param cache the folder to keep the file in; default: `models` in {@link cacheFolder}.
 */
export async function float16Weights(
  places: readonly Weight[],
  {
    sourceHash,
    cache = join(cacheFolder(), 'models'),
  }: { sourceHash: () => Promise<string>; cache?: string | undefined },
): Promise<Float16Weights> {
  const others = places.filter(({ type, shape }) => shape.length === 2 && type !== 'F16');
  if (others.length === 0) return { storage: asStored, tooLarge: [] };
  const names = others.map(({ name }) => name).sort();
  const key = createHash('sha256').update(JSON.stringify([await sourceHash(), names]));
  const file = join(cache, `${key.digest('hex')}.float16.safetensors`);
  const { tensors } = await cachedTensors(file, async () => {
    const rounded: NewTensor[] = [];
    for (const place of others) if (await isWithinHalf(place)) rounded.push(roundedTensor(place));
    return rounded;
  });
  return {
    storage: (place) => {
      const entry = tensors.get(place.name);
      return asStored(entry === undefined ? place : { ...place, ...entry, type: 'F16', file });
    },
    tooLarge: names.filter((name) => !tensors.has(name)),
  };
}

async function isWithinHalf(place: Weight): Promise<boolean> {
  for await (const bytes of weightPieces(place))
    if (toFloat32(bytes, place.type).some((number) => Math.abs(number) > largestHalf)) return false;
  return true;
}

function roundedTensor(place: Weight): NewTensor {
  const { name, type, shape } = place;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const bytes of weightPieces(place)) yield fromFloat32(toFloat32(bytes, type), 'F16');
  }
  return { name, type: 'F16', shape, pieces };
}
