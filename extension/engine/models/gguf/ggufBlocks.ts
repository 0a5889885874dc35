import { half, type BlockFormat } from './blocks/blockFormat';
import { codebooks } from './blocks/codebooks';
import { kQuants } from './blocks/kQuants';

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
  ...kQuants,
  ...codebooks,
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
