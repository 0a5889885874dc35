import { open } from 'node:fs/promises';
import { ModelError } from './modelError';
import { repeatedKey } from './repeatedKey';
import { bytesPerElement, isTensorType, type TensorType } from './tensorType';

/**
 * The safetensors format (https://github.com/huggingface/safetensors, "Format"): an unsigned 64-bit little-endian length,
 * a JSON header of that many bytes, then the tensors' bytes without gaps. Everything the header claims is checked against
 * the file's size before anything is allocated by it.
 */
export interface TensorEntry {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** `__metadata__`, free text pairs. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** As in the reference implementation: no honest header is longer. */
const longestHeader = 100_000_000;

/**
 * Reads and checks the header of a safetensors file.
 *
 * @throws ModelError naming the file and what is wrong: no such file, too short, header longer than the file, not JSON,
 * duplicate or malformed entries, ranges that leave the file, overlap, leave gaps, or do not match their shape.
 */
export async function readSafetensorsHeader(file: string): Promise<SafetensorsHeader> {
  const damaged = damagedFile(file);
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw new ModelError(`${file}: cannot be opened (${(error as Error).message}).`);
  });
  try {
    const { size } = await handle.stat();
    const prefix = Buffer.alloc(Math.min(8, size));
    await handle.read(prefix, 0, prefix.length, 0);
    const bytes = Buffer.alloc(headerLength(prefix, size, damaged));
    await handle.read(bytes, 0, bytes.length, 8);
    return parseHeader(bytes, size, damaged);
  } finally {
    await handle.close();
  }
}

/** The same of a file that is in memory already. @param file for messages. @throws ModelError as {@link readSafetensorsHeader}. */
export function safetensorsHeader(bytes: Uint8Array, file: string): SafetensorsHeader {
  const damaged = damagedFile(file);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = headerLength(buffer, buffer.length, damaged);
  return parseHeader(buffer.subarray(8, 8 + length), buffer.length, damaged);
}

type Damaged = (what: string) => ModelError;

function damagedFile(file: string): Damaged {
  return (what) => new ModelError(`${file}: ${what}. The file is damaged or incomplete: fetch it again.`);
}

function headerLength(prefix: Buffer, fileSize: number, damaged: Damaged): number {
  if (fileSize < 8) throw damaged(`has ${fileSize} bytes, too few for a safetensors file`);
  const declared = prefix.readBigUInt64LE();
  if (declared > BigInt(fileSize - 8))
    throw damaged(`claims a header of ${declared.toString()} bytes but has ${fileSize}`);
  if (declared > BigInt(longestHeader)) throw damaged(`claims a header of ${declared.toString()} bytes`);
  return Number(declared);
}

function parseHeader(bytes: Buffer, fileSize: number, damaged: Damaged): SafetensorsHeader {
  const text = bytes.toString('utf8');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw damaged(`header is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(header)) throw damaged('header is not a JSON object');
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw damaged(`header names "${repeated.slice(0, 80)}" twice`);

  const start = 8 + bytes.length;
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isRecord(entry) || !Object.values(entry).every((value) => typeof value === 'string'))
        throw damaged('"__metadata__" is not a list of texts');
      metadata = entry as Record<string, string>;
    } else {
      tensors.set(name, parseEntry(name, entry, start, fileSize, damaged));
    }
  }
  let end = start;
  for (const tensor of [...tensors.values()].sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength)) {
    if (tensor.offset < end) throw damaged(`tensor "${tensor.name}" overlaps another one`);
    if (tensor.offset > end)
      throw damaged(`${tensor.offset - end} bytes before tensor "${tensor.name}" belong to none`);
    end = tensor.offset + tensor.byteLength;
  }
  if (end !== fileSize) throw damaged(`${fileSize - end} bytes at its end belong to no tensor`);
  return { tensors, metadata };
}

function parseEntry(name: string, entry: unknown, start: number, fileSize: number, damaged: Damaged): TensorEntry {
  if (!isRecord(entry)) throw damaged(`tensor "${name}" is not described by an object`);
  const { dtype, shape, data_offsets: range } = entry;
  if (!isTensorType(dtype)) throw damaged(`tensor "${name}" has the unknown type ${JSON.stringify(dtype)}`);
  // The format allows a length of 0, but no weight is without numbers.
  if (!isCounts(shape) || shape.includes(0))
    throw damaged(`tensor "${name}" has no usable shape: ${JSON.stringify(shape)}`);
  if (!isCounts(range) || range.length !== 2)
    throw damaged(`tensor "${name}" has no usable "data_offsets": ${JSON.stringify(range)}`);
  const [from, to] = range as [number, number];
  if (from > to || start + to > fileSize)
    throw damaged(`tensor "${name}" lies at bytes ${start + from} to ${start + to} of a file of ${fileSize}`);
  const elements = shape.reduce((product, length) => product * length, 1);
  if (elements * bytesPerElement[dtype] !== to - from)
    throw damaged(`tensor "${name}" of type ${dtype} and shape [${shape.join(', ')}] does not fill ${to - from} bytes`);
  return { name, type: dtype, shape, offset: start + from, byteLength: to - from };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && (each as number) >= 0);
}

/**
 * The bytes before the tensors of a safetensors file: length and header, space-padded to a multiple of 8 so that the
 * data is aligned.
 *
 * @param tensors in the order in which their bytes will follow.
 */
export function safetensorsPrefix(
  tensors: readonly { readonly name: string; readonly type: TensorType; readonly shape: readonly number[] }[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, type, shape }) => {
    const begin = end;
    end += shape.reduce((product, length) => product * length, bytesPerElement[type]);
    return [name, { dtype: type, shape, data_offsets: [begin, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  const padded = Math.ceil(header.length / 8) * 8;
  const prefix = Buffer.alloc(8 + padded, ' ');
  prefix.writeBigUInt64LE(BigInt(padded));
  header.copy(prefix, 8);
  return prefix;
}
