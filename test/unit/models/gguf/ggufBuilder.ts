/** Writes small GGUF files byte by byte, honest ones and others (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */

export type GgufValue = number | string | boolean | readonly GgufValue[] | Buffer;

export interface GgufTensorSpec {
  readonly name: string;
  /** As the format has it: innermost first. */
  readonly shape: readonly (number | bigint)[];
  /** GGML's number of the type; default: 0, F32. */
  readonly type?: number;
  readonly offset?: number | bigint;
}

export interface GgufSpec {
  readonly magic?: string;
  readonly version?: number;
  /** A key's bytes may be given as they are. */
  readonly pairs?: readonly (readonly [string | Buffer, GgufValue])[];
  readonly tensors?: readonly GgufTensorSpec[];
  /** What the header claims; default: the truth. */
  readonly pairCount?: bigint;
  readonly tensorCount?: bigint;
  /** The bytes after the header. */
  readonly data?: Uint8Array;
}

export function ggufBytes(spec: GgufSpec): Buffer {
  const { magic = 'GGUF', version = 3, pairs = [], tensors = [], data = new Uint8Array(0) } = spec;
  const header = Buffer.concat([
    Buffer.from(magic),
    word(version),
    long(spec.tensorCount ?? BigInt(tensors.length)),
    long(spec.pairCount ?? BigInt(pairs.length)),
    ...pairs.flatMap(([key, value]) => [text(key), ggufValue(value)]),
    ...tensors.flatMap(({ name, shape, type = 0, offset = 0 }) => [
      text(name),
      word(shape.length),
      ...shape.map((length) => long(BigInt(length))),
      word(type),
      long(BigInt(offset)),
    ]),
  ]);
  const padding = Buffer.alloc((32 - (header.length % 32)) % 32);
  return Buffer.concat([header, padding, data]);
}

/** Type and value: numbers as uint32 or float32, everything else by its kind; a Buffer is taken as it is. */
export function ggufValue(value: GgufValue): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'object') {
    const items = value.map(ggufValue);
    return Buffer.concat([
      word(9),
      items[0]?.subarray(0, 4) ?? word(4),
      long(BigInt(items.length)),
      ...items.map((item) => item.subarray(4)),
    ]);
  }
  if (typeof value === 'string') return Buffer.concat([word(8), text(value)]);
  if (typeof value === 'boolean') return Buffer.concat([word(7), Buffer.from([value ? 1 : 0])]);
  if (Number.isInteger(value)) return Buffer.concat([word(4), word(value)]);
  const number = Buffer.alloc(4);
  number.writeFloatLE(value);
  return Buffer.concat([word(6), number]);
}

/** A list that claims so many elements of a type and has none. */
export const emptyList = (type: number, count: bigint): Buffer => Buffer.concat([word(9), word(type), long(count)]);
/** A text that claims so many bytes and has none. */
export const emptyText = (length: bigint): Buffer => Buffer.concat([word(8), long(length)]);

function text(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([long(BigInt(bytes.length)), bytes]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
