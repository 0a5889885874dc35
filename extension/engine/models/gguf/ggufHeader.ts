import type { FileHandle } from 'node:fs/promises';

/**
 * The header of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): magic, version, two counts,
 * key-value pairs, tensor descriptions. Every length and count that it claims is compared with the file's size before
 * anything is allocated by it.
 */
export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly TensorDescription[];
  /** Bytes from the beginning of the file to the end of the last description. */
  readonly length: number;
  readonly fileSize: number;
}

/** Integers beyond 2^53 are rounded: no length or count that is used reaches that far. */
export type GgufValue = number | boolean | string | BrokenText | readonly GgufValue[];

/** A text that is not valid UTF-8. It is kept apart, so that it is refused where something is made of it, and only there. */
export class BrokenText {
  constructor(readonly bytes: Uint8Array) {}
}

/** As the header has it. */
export interface TensorDescription {
  readonly name: string;
  /** Innermost first. */
  readonly shape: readonly number[];
  /** GGML's number of the type. */
  readonly type: number;
  /** From where the numbers of all tensors begin. */
  readonly offset: number;
}

/** A header that cannot be read; the message goes on from "the file". */
export class HeaderFault extends Error {
  constructor(
    message: string,
    readonly wayOut = 'Is it damaged? Fetch it again.',
  ) {
    super(message);
  }
}

/** No more than this is held in memory; honest headers are below a fifth of it. */
const longestHeader = 50_000_000;

/** @throws HeaderFault for anything else than a little-endian header of version 2 or 3 that lies within the file. */
export async function readGgufHeader(handle: FileHandle): Promise<GgufHeader> {
  const { size } = await handle.stat();
  const longest = Math.min(size, longestHeader);
  for (let length = Math.min(longest, 1 << 20); ; length = Math.min(longest, 4 * length)) {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, 0);
    try {
      return { ...new HeaderReader(bytes.subarray(0, bytesRead)).all(), fileSize: size };
    } catch (error) {
      if (!(error instanceof EndOfBytes)) throw error;
      // What is claimed may lie further on, or nowhere.
      if (error.claimed > size)
        throw new HeaderFault(`has a header that claims ${error.claimed} bytes, the file has ${size}`);
      if (error.claimed > longest) throw new HeaderFault(`has a header of more than ${longestHeader} bytes`);
      if (bytesRead < length || length === longest) throw new HeaderFault('ends inside its header');
    }
  }
}

class EndOfBytes extends Error {
  constructor(readonly claimed: number) {
    super();
  }
}

/** A value of a fixed number of bytes. */
interface Scalar {
  readonly bytes: number;
  readonly read: (from: Buffer, at: number) => number | boolean;
}

/** Value types by their number: u8 i8 u16 i16 u32 i32 f32 bool, text and list (see below), u64 i64 f64. */
const scalars: readonly (Scalar | undefined)[] = [
  { bytes: 1, read: (from, at) => from.readUInt8(at) },
  { bytes: 1, read: (from, at) => from.readInt8(at) },
  { bytes: 2, read: (from, at) => from.readUInt16LE(at) },
  { bytes: 2, read: (from, at) => from.readInt16LE(at) },
  { bytes: 4, read: (from, at) => from.readUInt32LE(at) },
  { bytes: 4, read: (from, at) => from.readInt32LE(at) },
  { bytes: 4, read: (from, at) => from.readFloatLE(at) },
  { bytes: 1, read: (from, at) => from.readUInt8(at) !== 0 },
  undefined,
  undefined,
  { bytes: 8, read: (from, at) => Number(from.readBigUInt64LE(at)) },
  { bytes: 8, read: (from, at) => Number(from.readBigInt64LE(at)) },
  { bytes: 8, read: (from, at) => from.readDoubleLE(at) },
];
const [textType, listType] = [8, 9];
const bigEndianWayOut =
  "Fetch the model's little-endian file, or turn this one with the gguf package of Python: gguf-convert-endian FILE little.";

class HeaderReader {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  all(): Omit<GgufHeader, 'fileSize'> {
    if (this.bytes.subarray(0, 4).toString('latin1') !== 'GGUF')
      throw new HeaderFault('does not begin with the letters GGUF');
    this.skip(4);
    const version = this.word();
    if ((version & 0xffff) === 0) throw new HeaderFault('is big-endian; supported: little-endian', bigEndianWayOut);
    if (version !== 2 && version !== 3)
      throw new HeaderFault(
        `is of GGUF version ${version}; supported: 2, 3`,
        'Fetch a file of the model that was converted later, or its safetensors.',
      );
    const tensorCount = this.long();
    const pairs = this.long();
    // The shortest pair has an empty key and a one-byte value, the shortest tensor no name and no dimension.
    this.expect(pairs * 13 + tensorCount * 24);
    const metadata = new Map<string, GgufValue>();
    for (let i = 0; i < pairs; i++) {
      const key = this.name(`metadata key ${i}`);
      if (metadata.has(key)) throw new HeaderFault(`has the metadata key "${key}" twice`);
      metadata.set(key, this.value(this.word(), 0));
    }
    const tensors: TensorDescription[] = [];
    for (let i = 0; i < tensorCount; i++) tensors.push(this.tensor(i));
    return { metadata, tensors, length: this.at };
  }

  private tensor(index: number): TensorDescription {
    const name = this.name(`name of tensor ${index}`);
    const dimensions = this.word();
    if (dimensions > 4)
      throw new HeaderFault(`gives tensor "${name}" ${dimensions} dimensions; at most 4 are possible`);
    const shape = Array.from({ length: dimensions }, () => this.long());
    return { name, shape, type: this.word(), offset: this.long() };
  }

  private value(type: number, depth: number): GgufValue {
    const scalar = scalars[type];
    if (scalar !== undefined) return scalar.read(this.bytes, this.skip(scalar.bytes));
    if (type === textType) return this.text();
    if (type === listType) return this.list(depth);
    throw new HeaderFault(`has a metadata value of the unknown type ${type}`);
  }

  private list(depth: number): GgufValue[] {
    if (depth === 2) throw new HeaderFault('has lists of lists of lists in its metadata');
    const type = this.word();
    const count = this.long();
    // An empty text takes 8 bytes, an empty list 12.
    this.expect(count * (scalars[type]?.bytes ?? (type === listType ? 12 : 8)));
    const values: GgufValue[] = [];
    for (let i = 0; i < count; i++) values.push(this.value(type, depth + 1));
    return values;
  }

  private name(what: string): string {
    const text = this.text();
    if (text instanceof BrokenText) throw new HeaderFault(`has a ${what} that is not valid UTF-8`);
    return text;
  }

  /** With every character that the bytes have, a byte order mark at the beginning too. */
  private text(): string | BrokenText {
    const length = this.long();
    const start = this.skip(length);
    const bytes = this.bytes.subarray(start, start + length);
    const text = bytes.toString('utf8');
    // U+FFFD stands for bytes that are no UTF-8, unless it stands there itself.
    return !text.includes('\ufffd') || Buffer.from(text).equals(bytes) ? text : new BrokenText(Buffer.from(bytes));
  }

  private word(): number {
    return this.bytes.readUInt32LE(this.skip(4));
  }

  private long(): number {
    return Number(this.bytes.readBigUInt64LE(this.skip(8)));
  }

  /** Goes on by `count` bytes. @returns where they begin. */
  private skip(count: number): number {
    this.expect(count);
    const start = this.at;
    this.at += count;
    return start;
  }

  private expect(count: number): void {
    if (this.at + count > this.bytes.length) throw new EndOfBytes(this.at + count);
  }
}
