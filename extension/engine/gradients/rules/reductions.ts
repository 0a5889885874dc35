import { productOf } from '../../graph/dimension';
import { dimensionValue } from '../../graph/leaves';
import { cast, div, equal, mul, sub } from '../../graph/operators/elementwise';
import { reduceSum } from '../../graph/operators/reductions';
import { reshape } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';
import type { GradientRules } from '../rule';

/** Reverse rules of the reductions. What they return keeps the reduced dimensions at size 1; the walk repeats it. */
export const reductions: GradientRules = {
  ReduceSum: ({ dy, inputs: [x], attributes: { axes } }) => [() => keptDims(dy, x, axes)],
  ReduceMean: ({ dy, inputs: [x], attributes: { axes } }) => [
    () => {
      const count = productOf(axes.map((axis) => x.shape[axis]!));
      return div(keptDims(dy, x, axes), typeof count === 'number' ? count : cast(dimensionValue(count), x.type));
    },
  ],
  // Equal largest elements share the gradient.
  ReduceMax: ({ dy, inputs: [x], output, attributes: { axes } }) => [
    () => {
      const largest = cast(equal(x, keptDims(output, x, axes)), x.type);
      return mul(keptDims(dy, x, axes), div(largest, reduceSum(largest, axes, { keepDims: true })));
    },
  ],
  Softmax: ({ dy, output: y, attributes: { axis } }) => [
    () => mul(sub(dy, reduceSum(mul(dy, y), [axis], { keepDims: true })), y),
  ],
};

function keptDims(reduced: Value, x: Value, axes: readonly number[]): Value {
  return reshape(
    reduced,
    x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
  );
}
