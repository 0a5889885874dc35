import { halfToNumber } from '../../tensorType';

/**
 * A GGML block format (https://github.com/ggml-org/ggml, ggml-common.h): a row is cut into blocks of 32 numbers that share
 * a scale `d` (and a minimum `m`), or into super-blocks of 256 whose parts have scales of their own. Every read rounds once
 * at most, as the reference does: products of a half and small integers are exact in float64.
 */
export interface BlockFormat {
  readonly blockLength: number;
  readonly blockBytes: number;
  /** Writes the numbers of one block, float32, from `at` on. */
  readonly read: (block: DataView, start: number, result: Float32Array, at: number) => void;
}

/** The float16 at a place. */
export const half = (view: DataView, at: number): number => halfToNumber(view.getUint16(at, true));
