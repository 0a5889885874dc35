/** Numbers that share a scale. */
export const blockSize = 32;

/** A matrix in blocks of {@link blockSize} along one of its axes. */
export interface Int4Blocks {
  /** Signed 4-bit codes, row-major, two a byte, the first one in the low half. */
  readonly codes: Uint8Array;
  /** One a block, in the place of its block. */
  readonly scales: Float32Array;
}

/** Along which axis of a matrix the blocks lie: that of the layer's inputs. */
export type BlockAxis = 0 | 1;

/**
 * Quantises a matrix symmetrically, as GGML's Q4_0 does (ggml-quants.c): the number furthest from 0 becomes -8 exactly, the others
 * the nearest whole multiple of the scale, -8 to 7, rounded in float32. Numbers that come from Q4_0 keep their values.
 *
 * @param shape [rows, columns]; a multiple of {@link blockSize} along `axis`.
 */
export function int4Blocks(
  numbers: Float32Array,
  [rows, columns]: readonly [number, number],
  axis: BlockAxis,
): Int4Blocks {
  const codes = new Uint8Array(numbers.length / 2);
  const scales = new Float32Array(numbers.length / blockSize);
  const step = axis === 1 ? 1 : columns;
  const blocksOf = (first: number, scaleAt: number): void => {
    let furthest = 0;
    for (let i = 0; i < blockSize; i++) {
      const number = numbers[first + i * step]!;
      if (Math.abs(number) > Math.abs(furthest)) furthest = number;
    }
    const scale = Math.fround(furthest / -8);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    scales[scaleAt] = scale;
    for (let i = 0; i < blockSize; i++) {
      const at = first + i * step;
      const code = Math.min(15, Math.floor(Math.fround(Math.fround(numbers[at]! * inverse) + 8.5))) - 8;
      codes[at >> 1]! |= (code & 15) << (4 * (at & 1));
    }
  };
  if (axis === 1) for (let block = 0; block < scales.length; block++) blocksOf(block * blockSize, block);
  else
    for (let block = 0; block < rows / blockSize; block++)
      for (let column = 0; column < columns; column++)
        blocksOf(block * blockSize * columns + column, block * columns + column);
  return { codes, scales };
}
