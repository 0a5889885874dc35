import { type Value, axisOf, fail, isFloating, makeValue } from '../value';

export interface ReductionOptions {
  /** Whether the reduced dimensions stay, with size 1. */
  readonly keepDims?: boolean;
}

/** Sum over `axes`; over all of them when none are given, which makes a scalar. */
export function reduceSum(x: Value, axes?: readonly number[], options?: ReductionOptions): Value {
  return reduction('ReduceSum', x, axes, options);
}
export function reduceMean(x: Value, axes?: readonly number[], options?: ReductionOptions): Value {
  return reduction('ReduceMean', x, axes, options);
}
/** Largest element; not differentiable here, it serves numerical stability. */
export function reduceMax(x: Value, axes?: readonly number[], options?: ReductionOptions): Value {
  return reduction('ReduceMax', x, axes, options);
}

/** Index of the largest element of an axis (the first of equals), int64; the axis disappears. */
export function argMax(x: Value, axis = -1): Value {
  const at = axisOf('ArgMax', x, axis);
  return makeValue(
    'ArgMax',
    [x],
    { axis: at },
    'int64',
    x.shape.filter((_, i) => i !== at),
  );
}

/** Indices of the `count` largest elements of an axis, largest first (of equals the first), int64; gatherElements brings the elements. */
export function topK(x: Value, count: number, axis = -1): Value {
  const at = axisOf('TopK', x, axis);
  const length = x.shape[at]!;
  if (!Number.isInteger(count) || count < 1 || (typeof length === 'number' && count > length))
    fail('TopK', [x], `it cannot give ${count} elements of an axis of ${length}.`);
  return makeValue('TopK', [x], { axis: at, count }, 'int64', x.shape.with(at, count));
}

/** exp(x) / sum of exp(x) over an axis. */
export function softmax(x: Value, axis = -1): Value {
  if (!isFloating(x.type)) fail('Softmax', [x], 'it needs a floating-point operand.');
  return makeValue('Softmax', [x], { axis: axisOf('Softmax', x, axis) }, x.type, x.shape);
}

function reduction(
  operator: 'ReduceSum' | 'ReduceMean' | 'ReduceMax',
  x: Value,
  axes: readonly number[] = x.shape.map((_, axis) => axis),
  { keepDims = false }: ReductionOptions = {},
): Value {
  const counted = [...new Set(axes.map((axis) => axisOf(operator, x, axis)))].sort((a, b) => a - b);
  if (counted.length === 0) return x;
  const shape = keepDims
    ? x.shape.map((dim, axis) => (counted.includes(axis) ? 1 : dim))
    : x.shape.filter((_, axis) => !counted.includes(axis));
  return makeValue(operator, [x], { axes: counted, keepDims }, x.type, shape);
}
