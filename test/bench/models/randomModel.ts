import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, seededRandom } from '../../../extension/engine/datasets/random';
import { buildLanguageModel } from '../../../extension/engine/models/architectures/table';
import { Configuration } from '../../../extension/engine/models/configuration';
import { FrozenTensors } from '../../../extension/engine/models/frozenTensors';
import type { Weight } from '../../../extension/engine/models/weights';

const bytesPerNumber = { F32: 4, BF16: 2, F16: 2 } as const;

/**
 * A model folder with random weights, for measuring: config.json and model.safetensors, no tokenizer. Numbers are normal with a deviation
 * of 0.02 and come from one pool, gains of norms are 1. Made once; the folder's name tells what is in it.
 *
 * @returns the folder.
 */
export function randomModel(
  under: string,
  name: string,
  configuration: Readonly<Record<string, unknown>>,
  type: keyof typeof bytesPerNumber = 'F32',
): string {
  const folder = join(under, `${name}-${type}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'config.json'), JSON.stringify(configuration, null, 1));
  writeWeights(join(unfinished, 'model.safetensors'), tensorsOf(configuration), type);
  renameSync(unfinished, folder);
  return folder;
}

/** Name and shape of every tensor that a configuration asks for. */
function tensorsOf(configuration: Readonly<Record<string, unknown>>): { name: string; shape: readonly number[] }[] {
  const place = (name: string, shape: readonly number[]): Weight => ({
    ...{ name, shape, type: 'F32', file: '', offset: 0 },
    byteLength: 4 * shape.reduce((a, b) => a * b, 1),
  });
  const tensors = new FrozenTensors({ has: () => false, get: place });
  buildLanguageModel(Configuration.of('config.json', configuration), tensors);
  return tensors.places.map(({ name, shape }) => ({ name, shape }));
}

function writeWeights(
  file: string,
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
  type: keyof typeof bytesPerNumber,
): void {
  const random = seededRandom(0, 'weights');
  const pool = pieces(
    Float32Array.from({ length: 1 << 20 }, () => 0.02 * normal(random)),
    type,
  );
  const ones = pieces(new Float32Array(1 << 16).fill(1), type);
  let end = 0;
  const entries = tensors.map(({ name, shape }) => {
    const begin = end;
    end += bytesPerNumber[type] * shape.reduce((a, b) => a * b, 1);
    return [name, { dtype: type, shape, data_offsets: [begin, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) }));
  const output = openSync(file, 'w');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeSync(output, length);
  writeSync(output, header);
  for (const [
    ,
    {
      shape,
      data_offsets: [begin, past],
    },
  ] of entries as readonly (readonly [string, { shape: readonly number[]; data_offsets: readonly number[] }])[]) {
    const source = shape.length === 1 ? ones : pool;
    for (let left = past! - begin!; left > 0; left -= source.length)
      writeSync(output, source, 0, Math.min(left, source.length));
  }
  closeSync(output);
}

/** The numbers' bytes in a storage type; the float16 of these small numbers is exact enough for measuring. */
function pieces(numbers: Float32Array, type: keyof typeof bytesPerNumber): Buffer {
  if (type === 'F32') return Buffer.from(numbers.buffer);
  const bits = new Uint32Array(numbers.buffer);
  const short = Uint16Array.from(bits, (word) => (type === 'BF16' ? word >>> 16 : toFloat16(word)));
  return Buffer.from(short.buffer);
}

function toFloat16(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 112;
  // Too small for a normal number: zero.
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((word >>> 13) & 0x3ff);
}

/** Standard normal, by the sum of twelve uniform numbers. */
function normal(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.uniform();
  return sum;
}
