import { halfToNumber } from '../models/tensorType';
import { matrixShape } from './promptMatrix';

/** A matrix of float32, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly width: number;
  readonly data: Float32Array;
}

const magic = Buffer.from('\x93NUMPY', 'latin1');
/** numpy aligns the numbers to this many bytes. */
const alignment = 64;

type Read = (view: DataView, offset: number, littleEndian: boolean) => number;

/** How one number of each type is read; the names are numpy's, without the byte order. float64 is rounded to float32. */
const elements: Readonly<Record<string, { readonly size: number; readonly read: Read }>> = {
  f4: { size: 4, read: (view, offset, littleEndian) => view.getFloat32(offset, littleEndian) },
  f8: { size: 8, read: (view, offset, littleEndian) => view.getFloat64(offset, littleEndian) },
  f2: { size: 2, read: (view, offset, littleEndian) => halfToNumber(view.getUint16(offset, littleEndian)) },
};

/**
 * Reads a matrix that numpy saved (`numpy.lib.format`, versions 1.0 to 3.0), as the released prompts of Lester et al. 2021 are;
 * dimensions of 1 in front of it are dropped. The header is a Python literal; it is matched, never run.
 * @param file for messages.
 * @throws Error naming what is wrong or not supported: the version, the type, the shape, the size.
 */
export function readNpy(bytes: Uint8Array, file: string): Matrix {
  const refused = (what: string): Error => new Error(`${file}: ${what}`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 12 || !buffer.subarray(0, 6).equals(magic)) throw refused('not a numpy .npy file');
  const [major, minor] = [buffer[6]!, buffer[7]!];
  if (major < 1 || major > 3 || minor !== 0)
    throw refused(`version ${major}.${minor} of the .npy format; 1.0, 2.0 and 3.0 can be read`);
  const headerStart = major === 1 ? 10 : 12;
  const start = headerStart + (major === 1 ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8));
  if (start > buffer.length) throw refused(`its header ends at byte ${start}, the file at ${buffer.length}`);
  const { type, fortran, shape } = parseHeader(buffer.toString('latin1', headerStart, start), refused);

  if (/^\|?O/.test(type))
    throw refused('holds pickled Python objects, which can run code; save the matrix as numpy.float32');
  const element = elements[type.replace(/^[<>=]/, '')];
  if (!element)
    throw refused(
      `numbers of type ${type}; float16, float32 and float64 can be read. Save the matrix as numpy.float32`,
    );
  const matrix = matrixShape(shape);
  if (!matrix) throw refused(`shape (${shape.join(', ')}); a prompt is a matrix of virtual tokens by width`);
  const [rows, width] = matrix;
  // Compared as numbers that may be huge, before anything is made of that size.
  if (rows * width * element.size !== buffer.length - start)
    throw refused(`(${rows}, ${width}) of ${type} does not fill the ${buffer.length - start} bytes behind the header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, buffer.length - start);
  const littleEndian = !type.startsWith('>');
  // In Fortran order a column's numbers lie together.
  const stored = (index: number): number => (fortran ? (index % width) * rows + Math.floor(index / width) : index);
  const data = Float32Array.from({ length: rows * width }, (_, index) =>
    element.read(view, stored(index) * element.size, littleEndian),
  );
  return { rows, width, data };
}

function parseHeader(
  text: string,
  refused: (what: string) => Error,
): { readonly type: string; readonly fortran: boolean; readonly shape: readonly number[] } {
  const type = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (!/^\{.*\}\s*$/.test(text) || type === undefined || fortran === undefined || shape === undefined)
    throw refused('its header is not that of one plain array');
  const sizes = shape.split(',').filter((part) => part.trim() !== '');
  return { type, fortran: fortran === 'True', shape: sizes.map(Number) };
}

/** A matrix as `numpy.save` writes it: version 1.0, `<f4`, C order. */
export function npyFile({ rows, width, data }: Matrix): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const length = Math.ceil((magic.length + 4 + header.length + 1) / alignment) * alignment - magic.length - 4;
  const prefix = Buffer.alloc(4);
  prefix.set([1, 0]);
  prefix.writeUInt16LE(length, 2);
  const numbers = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([magic, prefix, Buffer.from(`${header.padEnd(length - 1)}\n`, 'latin1'), numbers]);
}
