import { halfToNumber } from './tensorType';

/**
 * GGML block formats (https://github.com/ggml-org/ggml, ggml-common.h): a row is cut into blocks of 32 numbers that
 * share a scale `d` (and a minimum `m`). Numbers 0 to 15 lie in the low halves of the bytes, 16 to 31 in the high halves.
 */
export interface BlockFormat {
  readonly blockLength: number;
  readonly blockBytes: number;
  /** Writes the numbers of one block, float32, from `at` on. */
  readonly read: (block: DataView, start: number, result: Float32Array, at: number) => void;
}

const half = (view: DataView, at: number): number => halfToNumber(view.getUint16(at, true));

/** Keyed by the type's name in GGML. Products of a half and a small integer are exact in float32; Q4_1 rounds once. */
export const blockFormats: Readonly<Record<string, BlockFormat>> = {
  F32: { blockLength: 1, blockBytes: 4, read: (v, start, result, at) => (result[at] = v.getFloat32(start, true)) },
  F16: { blockLength: 1, blockBytes: 2, read: (v, start, result, at) => (result[at] = half(v, start)) },
  Q8_0: {
    blockLength: 32,
    blockBytes: 34,
    read(view, start, result, at) {
      const d = half(view, start);
      for (let i = 0; i < 32; i++) result[at + i] = d * view.getInt8(start + 2 + i);
    },
  },
  Q4_0: {
    blockLength: 32,
    blockBytes: 18,
    read(view, start, result, at) {
      const d = half(view, start);
      for (let i = 0; i < 16; i++) {
        const pair = view.getUint8(start + 2 + i);
        result[at + i] = d * ((pair & 15) - 8);
        result[at + 16 + i] = d * ((pair >> 4) - 8);
      }
    },
  },
  Q4_1: {
    blockLength: 32,
    blockBytes: 20,
    read(view, start, result, at) {
      const d = half(view, start);
      const m = half(view, start + 2);
      for (let i = 0; i < 16; i++) {
        const pair = view.getUint8(start + 4 + i);
        result[at + i] = d * (pair & 15) + m;
        result[at + 16 + i] = d * (pair >> 4) + m;
      }
    },
  },
};

/** @param bytes whole blocks. */
export function dequantise(bytes: Uint8Array, format: BlockFormat): Float32Array {
  const blocks = bytes.byteLength / format.blockBytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float32Array(blocks * format.blockLength);
  for (let i = 0; i < blocks; i++) format.read(view, i * format.blockBytes, result, i * format.blockLength);
  return result;
}
