import { half, type BlockFormat } from './blockFormat';

/** What the 16 codes of IQ4_NL and IQ4_XS stand for: unevenly spaced, closer around zero (ggml-common.h). */
const uneven = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
/** Twice the 16 numbers of four bits with two bits of exponent (E2M1; OCP Microscaling Formats 1.0, section 5.3.3). */
const twiceE2m1 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

/** Writes 32 numbers: 0 to 15 lie in the low halves of the 16 bytes at `quants`, 16 to 31 in the high halves. */
function readCodes(
  view: DataView,
  quants: number,
  { codebook, scale }: { readonly codebook: readonly number[]; readonly scale: number },
  result: Float32Array,
  at: number,
): void {
  for (let i = 0; i < 16; i++) {
    const pair = view.getUint8(quants + i);
    result[at + i] = scale * codebook[pair & 15]!;
    result[at + 16 + i] = scale * codebook[pair >> 4]!;
  }
}

/** Four bits that are looked up in a table. */
export const codebooks: Readonly<Record<string, BlockFormat>> = {
  IQ4_NL: {
    blockLength: 32,
    blockBytes: 18,
    read(view, start, result, at) {
      readCodes(view, start + 2, { codebook: uneven, scale: half(view, start) }, result, at);
    },
  },
  IQ4_XS: {
    blockLength: 256,
    blockBytes: 136,
    // d, two high bits of the scales of 8 parts, four low bits of them, codes.
    read(view, start, result, at) {
      const d = half(view, start);
      const high = view.getUint16(start + 2, true);
      for (let part = 0; part < 8; part++) {
        const low = (view.getUint8(start + 4 + (part >> 1)) >> (4 * (part & 1))) & 15;
        const scale = d * ((low | (((high >> (2 * part)) & 3) << 4)) - 32);
        readCodes(view, start + 8 + 16 * part, { codebook: uneven, scale }, result, at + 32 * part);
      }
    },
  },
  MXFP4: {
    blockLength: 32,
    blockBytes: 17,
    // A power of two, 2^(e - 127), halved since the codes are doubled.
    read(view, start, result, at) {
      readCodes(view, start + 1, { codebook: twiceE2m1, scale: 2 ** (view.getUint8(start) - 128) }, result, at);
    },
  },
};
