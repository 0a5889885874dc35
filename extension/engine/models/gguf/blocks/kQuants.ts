import { half, type BlockFormat } from './blockFormat';

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

/** Two bits of number `i` of 256: four numbers, 32 apart, share a byte; each half of the block has 32 bytes. */
const twoBits = (view: DataView, quants: number, i: number): number =>
  (view.getUint8(quants + 32 * (i >> 7) + (i & 31)) >> (2 * ((i >> 5) & 3))) & 3;

/** The scale of part `part` of 16 in Q3_K, -32 to 31: four low bits in 8 bytes, two high bits in 4. */
function scaleOfSixBits(view: DataView, start: number, part: number): number {
  const low = (view.getUint8(start + (part & 7)) >> (part < 8 ? 0 : 4)) & 15;
  const high = (view.getUint8(start + 8 + (part & 3)) >> (2 * (part >> 2))) & 3;
  return (low | (high << 4)) - 32;
}

/** Super-blocks of 256 numbers with scales of parts, "k-quants". */
export const kQuants: Readonly<Record<string, BlockFormat>> = {
  Q2_K: {
    blockLength: 256,
    blockBytes: 84,
    // Scale and minimum of 16 parts in half bytes, two bits of each number in 64 bytes, d and m.
    read(view, start, result, at) {
      const d = half(view, start + 80);
      const m = half(view, start + 82);
      for (let i = 0; i < 256; i++) {
        const scales = view.getUint8(start + (i >> 4));
        result[at + i] = d * (scales & 15) * twoBits(view, start + 16, i) - m * (scales >> 4);
      }
    },
  },
  Q3_K: {
    blockLength: 256,
    blockBytes: 110,
    // A third bit of each number in 32 bytes, which takes 4 away where it is not set, two bits in 64, scales of 16 parts, d.
    read(view, start, result, at) {
      const d = half(view, start + 108);
      for (let i = 0; i < 256; i++) {
        const third = (view.getUint8(start + (i & 31)) >> (i >> 5)) & 1;
        const q = twoBits(view, start + 32, i) - (third === 0 ? 4 : 0);
        result[at + i] = d * scaleOfSixBits(view, start + 96, i >> 4) * q;
      }
    },
  },
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
        const high = twoBits(view, start + 128, i);
        const scale = view.getInt8(start + 192 + (i >> 4));
        result[at + i] = d * scale * ((low | (high << 4)) - 32);
      }
    },
  },
};
