import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { arranged, rearranged, type Arrangement } from './arrangement';

/** A file that lies compressed in the package, because a VSIX knows nothing better than deflate; the content of `packed.json`. */
export interface PackedFile {
  /** Its path from the folder that holds `packed.json`, with slashes. The compressed file is called the same, and `.br`. */
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly arrangement: Arrangement;
}

/** Compresses a file. @param quality of brotli, 0 to 11: the size falls slowly, the time rises fast. */
export async function packFile(
  name: string,
  content: Uint8Array,
  arrangement: Arrangement,
  quality: number,
): Promise<{ readonly file: PackedFile; readonly packed: Uint8Array }> {
  const packed = await promisify(brotliCompress)(arranged(content, arrangement), {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  return { file: { name, bytes: content.length, sha256: sha256(content), arrangement }, packed };
}

/** The content of a file that {@link packFile} has compressed; undefined where it is not the one that was. */
export async function unpackFile(
  { bytes, sha256: expected, arrangement }: PackedFile,
  packed: Uint8Array,
): Promise<Uint8Array | undefined> {
  const content = await promisify(brotliDecompress)(packed, { maxOutputLength: bytes }).then(
    (unpacked) => rearranged(unpacked, arrangement),
    () => undefined,
  );
  return content !== undefined && sha256(content) === expected ? content : undefined;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
