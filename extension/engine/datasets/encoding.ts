import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DatasetError } from './dataset';

/** Who follows the reading of a file. */
export interface Following {
  /** Ends the reading with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every piece of the file: bytes read so far in this pass over it. */
  readonly onBytes?: ((read: number) => void) | undefined;
}

/** How the bytes of a text file become characters. */
export interface Encoding {
  readonly name: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** Some bytes are not valid in this encoding; they decode to U+FFFD. */
  readonly damaged: boolean;
  /** Nothing in the file names the encoding, and it is not UTF-8: what it is read as, for a person. */
  readonly assumed?: string | undefined;
}

/**
 * Hashes a text file, unpacked where it is compressed, and finds its encoding: UTF-16 by its byte order mark or by its zero bytes, otherwise UTF-8. A file that is not valid
 * UTF-8 and has no multi-byte UTF-8 sequence at all is Windows-1252, what Windows programs write by default.
 * @throws DatasetError when the file is empty or no text.
 */
export async function inspectText(
  file: string,
  following?: Following,
): Promise<{ sha256: string; encoding: Encoding }> {
  const hash = createHash('sha256');
  let name: Encoding['name'] = 'utf-8';
  let decoder: TextDecoder | undefined;
  let damaged = false;
  let assumed: string | undefined;
  let length = 0;
  for await (const chunk of textBytes(file, following)) {
    if (length === 0) {
      const binary = binaryFormat(chunk);
      if (binary !== undefined) throw new DatasetError(file, binary);
      const unmarked = unmarkedUtf16(chunk);
      name = unmarked ?? markedEncoding(chunk);
      if (unmarked) assumed = 'has no byte order mark and is read as UTF-16';
      decoder = new TextDecoder(name, { fatal: true });
    }
    length += chunk.length;
    hash.update(chunk);
    if (!damaged) damaged = !isValid(() => decoder!.decode(chunk, { stream: true }));
  }
  if (length === 0) throw new DatasetError(file, 'the file is empty');
  if (!damaged) damaged = !isValid(() => decoder!.decode());
  if (damaged && name === 'utf-8' && !(await hasMultiByteSequence(file, following))) {
    return {
      sha256: hash.digest('hex'),
      encoding: { name: 'windows-1252', damaged: false, assumed: 'is not UTF-8 and is read as Windows-1252' },
    };
  }
  return { sha256: hash.digest('hex'), encoding: { name, damaged, assumed } };
}

/** SHA-256 of a file's bytes, hexadecimal. */
export async function fileHash(file: string, following?: Following): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes(file, following)) hash.update(chunk);
  return hash.digest('hex');
}

/** The bytes of a file in chunks. */
export async function* bytes(file: string, { signal, onBytes }: Following = {}): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 16 }) as AsyncIterable<Uint8Array>) {
    signal?.throwIfAborted();
    read += chunk.length;
    onBytes?.(read);
    yield chunk;
  }
}

/** The bytes of a text file in chunks, unpacked where its name ends with .gz; {@link Following} hears of the packed ones. */
export async function* textBytes(file: string, following?: Following): AsyncGenerator<Uint8Array> {
  if (!isGzip(file)) {
    yield* bytes(file, following);
    return;
  }
  const unpacked = createGunzip();
  // An error reaches the loop below through the stream, which the pipeline destroys with it.
  pipeline(Readable.from(bytes(file, following)), unpacked, () => undefined);
  for await (const chunk of unpacked as AsyncIterable<Uint8Array>) yield chunk;
}

/** Whether a file's name says that it is compressed by gzip. */
export function isGzip(file: string): boolean {
  return extname(file).toLowerCase() === '.gz';
}

/** Characters of `chunks` without a byte order mark; every line end (\r\n, \r) becomes \n. */
export async function* decodedText(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = decoderOf(encoding.name);
  let endedWithReturn = false;
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text === '') continue;
    const rest = endedWithReturn && text.startsWith('\n') ? text.slice(1) : text;
    endedWithReturn = text.endsWith('\r');
    yield rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest;
  }
  const last = decoder.decode();
  if (last !== '') yield last;
}

interface Decoder {
  decode(chunk?: Uint8Array, options?: { stream?: boolean }): string;
}
function decoderOf(name: Encoding['name']): Decoder {
  if (name !== 'windows-1252') return new TextDecoder(name);
  // Node 20 decodes 0x80 to 0x9F of windows-1252 as if it were Latin-1.
  return {
    decode: (chunk = new Uint8Array()) =>
      Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        .toString('latin1')
        .replace(/[\x80-\x9f]/g, (control) => windows1252[control.charCodeAt(0) - 0x80]!),
  };
}
/** Bytes 0x80 to 0x9F of https://encoding.spec.whatwg.org/#windows-1252. */
const windows1252 =
  '\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F' +
  '\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178';

function markedEncoding(start: Uint8Array): Encoding['name'] {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** UTF-16 without a byte order mark: of most characters every other byte is zero, and hardly any other one. */
function unmarkedUtf16(start: Uint8Array): Encoding['name'] | undefined {
  if (start.length % 2 === 1 || markedEncoding(start) !== 'utf-8') return undefined;
  const zeros = [0, 0];
  for (const [index, byte] of start.entries()) if (byte === 0) zeros[index % 2]!++;
  const [even, odd] = zeros as [number, number];
  const name = even * 10 <= odd ? 'utf-16le' : odd * 10 <= even ? 'utf-16be' : undefined;
  // A few zero bytes are damage; commas, spaces and line ends alone are more than one character in forty.
  if (!name || (even + odd) * 80 < start.length) return undefined;
  return isValid(() => new TextDecoder(name, { fatal: true }).decode(start, { stream: true })) ? name : undefined;
}

/** What a file is that begins like another kind of file than text, and the way out; undefined for text. */
function binaryFormat(start: Uint8Array): string | undefined {
  const beginning = Buffer.from(start.subarray(0, 16)).toString('latin1');
  return binaryFormats.find(([magic]) => beginning.startsWith(magic))?.[1];
}
const binaryFormats: readonly (readonly [string, string])[] = [
  ['PK\x03\x04', 'is a ZIP archive or an Excel workbook, not text; unpack it, or save its sheet as CSV'],
  ['\xD0\xCF\x11\xE0', 'is an Excel workbook, not text; save its sheet as CSV'],
  ['\x1F\x8B', 'is compressed by gzip; give it a name that ends with .gz, or unpack it with gunzip'],
  ['BZh', 'is compressed by bzip2; unpack it with bunzip2'],
  ['\xFD7zXZ', 'is compressed by xz; unpack it with unxz'],
  ['(\xB5/\xFD', 'is compressed by Zstandard; unpack it with zstd -d'],
  ['PAR1', 'is a Parquet file; give it a name that ends with .parquet'],
  ['ARROW1', 'is an Arrow file, not text; write it as Parquet, with pyarrow or Dataset.to_parquet'],
  ['SQLite format 3', 'is an SQLite database, not text; write its table as CSV'],
];

function isValid(decode: () => string): boolean {
  try {
    decode();
    return true;
  } catch {
    return false;
  }
}

async function hasMultiByteSequence(file: string, following?: Following): Promise<boolean> {
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of textBytes(file, following)) {
    if (/[^\0-\x7f\uFFFD]/.test(decoder.decode(chunk, { stream: true }))) return true;
  }
  return false;
}
