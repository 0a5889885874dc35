import { halfToNumber } from '../tensorType';

/**
 * GGML block formats (https://github.com/ggml-org/ggml, ggml-common.h): a row is cut into blocks of 32 numbers that
 * share a scale `d` (and a minimum `m`), or into super-blocks of 256 whose parts have scales of their own. Every read
 * rounds once at most, as the reference does: products of a half and small integers are exact in float64.
 */
export interface BlockFormat {
  readonly blockLength: number;
  readonly blockBytes: number;
  /** Writes the numbers of one block, float32, from `at` on. */
  readonly read: (block: DataView, start: number, result: Float32Array, at: number) => void;
}

const half = (view: DataView, at: number): number => halfToNumber(view.getUint16(at, true));

/** Numbers 0 to 15 lie in the low halves of the 16 bytes, 16 to 31 in the high halves; `high` has a fifth bit for each. */
const nibbles =
  (count: 4 | 5, use: (q: number, d: number, m: number) => number, hasMinimum: boolean): BlockFormat['read'] =>
  (view, start, result, at) => {
    const d = half(view, start);
    const m = hasMinimum ? half(view, start + 2) : 0;
    const bits = start + (hasMinimum ? 4 : 2);
    const high = count === 5 ? view.getUint32(bits, true) : 0;
    const quants = count === 5 ? bits + 4 : bits;
    for (let i = 0; i < 16; i++) {
      const pair = view.getUint8(quants + i);
      result[at + i] = use((pair & 15) | (((high >>> i) & 1) << 4), d, m);
      result[at + 16 + i] = use((pair >> 4) | (((high >>> (16 + i)) & 1) << 4), d, m);
    }
  };

/** Scale and minimum of part `j` of 8, 6 bits each, packed into the 12 bytes at `start`. */
function packedScale(view: DataView, start: number, j: number): [scale: number, minimum: number] {
  const byte = (i: number): number => view.getUint8(start + i);
  if (j < 4) return [byte(j) & 63, byte(j + 4) & 63];
  return [(byte(j + 4) & 15) | ((byte(j - 4) >> 6) << 4), (byte(j + 4) >> 4) | ((byte(j) >> 6) << 4)];
}

/** Q4_K and Q5_K: two halves d and m, packed scales, (a fifth bit of every number), then pairs of parts in half bytes. */
const scaledParts =
  (count: 4 | 5): BlockFormat['read'] =>
  (view, start, result, at) => {
    const d = half(view, start);
    const m = half(view, start + 2);
    const high = start + 16;
    const quants = count === 5 ? high + 32 : high;
    for (let part = 0; part < 8; part++) {
      const [scale, minimum] = packedScale(view, start + 4, part);
      for (let i = 0; i < 32; i++) {
        const pair = view.getUint8(quants + 32 * (part >> 1) + i);
        const fifth = count === 5 ? ((view.getUint8(high + i) >> part) & 1) << 4 : 0;
        const q = (part & 1 ? pair >> 4 : pair & 15) | fifth;
        result[at + 32 * part + i] = d * scale * q - m * minimum;
      }
    }
  };

/** Keyed by the type's name in GGML. */
export const blockFormats: Readonly<Record<string, BlockFormat>> = {
  F32: { blockLength: 1, blockBytes: 4, read: (v, start, result, at) => (result[at] = v.getFloat32(start, true)) },
  F16: { blockLength: 1, blockBytes: 2, read: (v, start, result, at) => (result[at] = half(v, start)) },
  BF16: {
    blockLength: 1,
    blockBytes: 2,
    read(view, start, result, at) {
      word.setUint32(0, view.getUint16(start, true) << 16);
      result[at] = word.getFloat32(0);
    },
  },
  Q8_0: {
    blockLength: 32,
    blockBytes: 34,
    read(view, start, result, at) {
      const d = half(view, start);
      for (let i = 0; i < 32; i++) result[at + i] = d * view.getInt8(start + 2 + i);
    },
  },
  Q4_0: { blockLength: 32, blockBytes: 18, read: nibbles(4, (q, d) => d * (q - 8), false) },
  Q4_1: { blockLength: 32, blockBytes: 20, read: nibbles(4, (q, d, m) => d * q + m, true) },
  Q5_0: { blockLength: 32, blockBytes: 22, read: nibbles(5, (q, d) => d * (q - 16), false) },
  Q5_1: { blockLength: 32, blockBytes: 24, read: nibbles(5, (q, d, m) => d * q + m, true) },
  Q4_K: { blockLength: 256, blockBytes: 144, read: scaledParts(4) },
  Q5_K: { blockLength: 256, blockBytes: 176, read: scaledParts(5) },
  Q6_K: {
    blockLength: 256,
    blockBytes: 210,
    // Four low bits of each number in 128 bytes, two high bits in 64, 16 signed scales, d.
    read(view, start, result, at) {
      const d = half(view, start + 208);
      for (let i = 0; i < 256; i++) {
        const [side, quarter, within] = [i >> 7, (i >> 5) & 3, i & 31];
        const pair = view.getUint8(start + 64 * side + 32 * (quarter & 1) + within);
        const low = quarter < 2 ? pair & 15 : pair >> 4;
        const high = (view.getUint8(start + 128 + 32 * side + within) >> (2 * quarter)) & 3;
        const scale = view.getInt8(start + 192 + (i >> 4));
        result[at + i] = d * scale * ((low | (high << 4)) - 32);
      }
    },
  },
};

const word = new DataView(new ArrayBuffer(4));

/** @param bytes whole blocks. */
export function dequantise(bytes: Uint8Array, format: BlockFormat): Float32Array {
  const blocks = bytes.byteLength / format.blockBytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float32Array(blocks * format.blockLength);
  for (let i = 0; i < blocks; i++) format.read(view, i * format.blockBytes, result, i * format.blockLength);
  return result;
}
