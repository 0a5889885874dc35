import type { FileHandle } from 'node:fs/promises';

/**
 * The header of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): magic, version, two counts,
 * key-value pairs, tensor descriptions. This walk keeps nothing: it finds out whether every length and count that the
 * header claims lies within the file, before the reader allocates by them.
 */

/** The reader holds no more than this in memory; honest headers are below a fifth of it. */
const longestHeader = 50_000_000;

/** Bytes of a value by its type, u8 i8 u16 i16 u32 i32 f32 bool text list u64 i64 f64; texts and lists tell theirs. */
const valueBytes = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];
const [textType, listType] = [8, 9];

/** What is wrong with the header, in words that go on from "the file"; undefined where nothing is. */
export async function headerProblem(handle: FileHandle): Promise<string | undefined> {
  const { size } = await handle.stat();
  const longest = Math.min(size, longestHeader);
  for (let length = Math.min(longest, 1 << 20); ; length = Math.min(longest, 4 * length)) {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, 0);
    try {
      new HeaderWalk(bytes.subarray(0, bytesRead)).all();
      return undefined;
    } catch (error) {
      if (error instanceof HeaderFault) return error.message;
      if (!(error instanceof EndOfBytes)) throw error;
      // What is claimed may lie further on, or nowhere.
      if (error.claimed > size) return `has a header that claims ${error.claimed} bytes, the file has ${size}`;
      if (error.claimed > longest) return `has a header of more than ${longestHeader} bytes`;
      if (bytesRead < length || length === longest) return 'ends inside its header';
    }
  }
}

class HeaderFault extends Error {}
class EndOfBytes extends Error {
  constructor(readonly claimed: number) {
    super();
  }
}

class HeaderWalk {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  all(): void {
    if (this.bytes.subarray(0, 4).toString('latin1') !== 'GGUF')
      throw new HeaderFault('does not begin with the letters GGUF');
    this.skip(4);
    const version = this.word();
    if ((version & 0xffff) === 0) throw new HeaderFault('is big-endian; supported: little-endian');
    if (version !== 2 && version !== 3) throw new HeaderFault(`is of GGUF version ${version}; supported: 2, 3`);
    const tensors = this.long();
    const pairs = this.long();
    // The shortest pair has an empty key and a one-byte value, the shortest tensor no name and no dimension.
    this.expect(pairs * 13 + tensors * 24);
    const keys = new Set<string>();
    for (let i = 0; i < pairs; i++) {
      const key = this.text();
      if (keys.has(key)) throw new HeaderFault(`has the metadata key "${key}" twice`);
      keys.add(key);
      this.value(this.word(), 0);
    }
    for (let i = 0; i < tensors; i++) {
      const name = this.text();
      const dimensions = this.word();
      if (dimensions > 4)
        throw new HeaderFault(`gives tensor "${name}" ${dimensions} dimensions; at most 4 are possible`);
      this.skip(8 * dimensions + 12);
    }
  }

  private value(type: number, depth: number): void {
    const bytes = valueBytes[type];
    if (bytes !== undefined) this.skip(bytes);
    else if (type === textType) this.skip(this.long());
    else if (type === listType) this.list(depth);
    else throw new HeaderFault(`has a metadata value of the unknown type ${type}`);
  }

  private list(depth: number): void {
    if (depth === 2) throw new HeaderFault('has lists of lists of lists in its metadata');
    const type = this.word();
    const count = this.long();
    const each = valueBytes[type];
    if (each !== undefined) {
      this.skip(count * each);
      return;
    }
    // An empty text takes 8 bytes, an empty list 12.
    this.expect(count * (type === listType ? 12 : 8));
    for (let i = 0; i < count; i++) this.value(type, depth + 1);
  }

  private text(): string {
    const length = this.long();
    this.expect(length);
    const text = this.bytes.toString('utf8', this.at, this.at + length);
    this.skip(length);
    return text;
  }

  private word(): number {
    this.expect(4);
    const value = this.bytes.readUInt32LE(this.at);
    this.at += 4;
    return value;
  }

  /** Beyond 2^53 a length is wrong in any case, so that rounding it changes nothing. */
  private long(): number {
    this.expect(8);
    const value = Number(this.bytes.readBigUInt64LE(this.at));
    this.at += 8;
    return value;
  }

  private skip(count: number): void {
    this.expect(count);
    this.at += count;
  }

  private expect(count: number): void {
    if (this.at + count > this.bytes.length) throw new EndOfBytes(this.at + count);
  }
}
