import { matmul } from '../../graph/operators/contraction';
import type { GradientRules } from '../rule';

/** Reverse rules of the matrix products. A transposed operand is read transposed again, never copied. */
export const contractions: GradientRules = {
  MatMul: ({ dy, inputs: [a, b], attributes: { transposeA, transposeB, scale } }) => [
    () =>
      transposeA
        ? matmul(b, dy, { transposeA: transposeB, transposeB: true, scale })
        : matmul(dy, b, { transposeB: !transposeB, scale }),
    () =>
      transposeB
        ? matmul(dy, a, { transposeA: true, transposeB: transposeA, scale })
        : matmul(a, dy, { transposeA: !transposeA, scale }),
  ],
  Linear: ({ dy, inputs: [x, weight] }) => [
    () => matmul(dy, weight),
    () => matmul(dy, x, { transposeA: true }),
    () => dy,
  ],
};
