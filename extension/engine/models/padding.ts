/** How long a sequence of `length` tokens becomes in a batch; the same or longer. */
export type Padding = (length: number) => number;

/** As long as the longest in the batch and no longer: nothing is computed in vain. */
export const unpadded: Padding = (length) => length;

/**
 * A multiple of 4; below that a power of two. A row's padded length then follows from the row alone where only rows of one padded length share a pass, and what a kernel
 * adds up does not depend on who else is in the pass: the digits of a row are the same in every batch.
 */
export const stepped: Padding = (length) =>
  length < 4 ? 2 ** Math.ceil(Math.log2(length)) : Math.ceil(length / 4) * 4;

/**
 * The next of 1, 2, 3, 4, 6, 8, 12, 16, 24, ...: powers of two and one and a half times them, at most a third more. For providers that
 * compile their kernels for each shape.
 */
export const bucketed: Padding = (length) => {
  const power = 2 ** Math.ceil(Math.log2(length));
  return length > 2 && length <= power * 0.75 ? power * 0.75 : power;
};
