import {
  type Dim,
  type Shape,
  differenceOf,
  dimension,
  productOf,
  quotientOf,
  sameShape,
  shapeText,
  sumOf,
} from '../dimension';
import { type Value, axisOf, fail, makeValue } from '../value';

/** The same elements in another shape. One dimension may be -1: what remains. What was reshaped before is taken as it was. */
export function reshape(x: Value, shape: readonly Dim[]): Value {
  const wanted = `to ${shapeText(shape)}`;
  const elements = productOf(x.shape);
  const rest = shape.filter((dim) => dim !== -1);
  if (shape.length - rest.length > 1) fail('Reshape', [x], `${wanted}: only one dimension may be -1.`);
  const left = quotientOf(elements, productOf(rest));
  if (left === undefined || (rest.length === shape.length && left !== 1))
    fail('Reshape', [x], `${wanted}: ${elements} elements do not make ${productOf(rest)}.`);
  const target = shape.map((dim) => (dim === -1 ? left : dimension(dim)));
  const source = x.operator === 'Reshape' ? x.inputs[0]! : x;
  return sameShape(target, source.shape) ? source : makeValue('Reshape', [source], {}, x.type, target);
}

/** Dimension i of the result is dimension `permutation[i]` of `x`. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  const sorted = [...permutation].sort((a, b) => a - b);
  if (permutation.length !== x.shape.length || sorted.some((axis, i) => axis !== i))
    fail('Transpose', [x], `[${permutation.join(', ')}] is not an order of its ${x.shape.length} dimensions.`);
  if (permutation.every((axis, i) => axis === i)) return x;
  return makeValue(
    'Transpose',
    [x],
    { permutation },
    x.type,
    permutation.map((axis) => x.shape[axis]!),
  );
}

/** Elements `start` up to but without `end` of one axis. Both may be symbolic; `end` defaults to the whole axis. */
export function slice(x: Value, axis: number, start: Dim, end?: Dim): Value {
  const at = axisOf('Slice', x, axis);
  const from = dimension(start);
  const to = end === undefined ? x.shape[at]! : dimension(end);
  const size = differenceOf(to, from);
  if ((typeof size === 'number' && size < 0) || (typeof to === 'number' && to > Number(x.shape[at])))
    fail('Slice', [x], `${from} up to ${to} does not lie in axis ${at}.`);
  if (from === 0 && to === x.shape[at]) return x;
  return makeValue('Slice', [x], { axis: at, start: from, end: to }, x.type, replaced(x.shape, at, size));
}

/** Zeros before and after the elements of one axis: the reverse of a slice. */
export function pad(x: Value, axis: number, before: Dim, after: Dim): Value {
  const at = axisOf('Pad', x, axis);
  if (before === 0 && after === 0) return x;
  const size = sumOf(before, x.shape[at]!, after);
  return makeValue('Pad', [x], { axis: at, before, after }, x.type, replaced(x.shape, at, size));
}

/** The values behind each other along one axis; all other dimensions must agree. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first, ...others] = values;
  if (first === undefined) fail('Concat', [], 'it needs at least one value.');
  const at = axisOf('Concat', first, axis);
  for (const other of others)
    if (other.type !== first.type || !sameShape(replaced(other.shape, at, 0), replaced(first.shape, at, 0)))
      fail('Concat', values, `types and all dimensions but axis ${at} must agree.`);
  if (others.length === 0) return first;
  const size = sumOf(...values.map((each) => each.shape[at]!));
  return makeValue('Concat', values, { axis: at }, first.type, replaced(first.shape, at, size));
}

/** Repeats dimensions of size 1, and adds leading ones, up to `shape`. */
export function expand(x: Value, shape: readonly Dim[]): Value {
  const target = shape.map(dimension);
  const missing = target.length - x.shape.length;
  if (missing < 0 || x.shape.some((dim, axis) => dim !== 1 && dim !== target[axis + missing]))
    fail('Expand', [x], `it does not broadcast to ${shapeText(target)}.`);
  return sameShape(x.shape, target) ? x : makeValue('Expand', [x], {}, x.type, target);
}

/** Inserts a dimension of size 1 before `axis` of the result. */
export function unsqueeze(x: Value, axis: number): Value {
  const at = axis < 0 ? axis + x.shape.length + 1 : axis;
  if (at < 0 || at > x.shape.length) fail('Unsqueeze', [x], `axis ${axis} does not exist in the result.`);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** Removes a dimension of size 1. */
export function squeeze(x: Value, axis: number): Value {
  const at = axisOf('Squeeze', x, axis);
  if (x.shape[at] !== 1) fail('Squeeze', [x], `axis ${at} has size ${x.shape[at]!}, not 1.`);
  return reshape(
    x,
    x.shape.filter((_, i) => i !== at),
  );
}

function replaced(shape: Shape, axis: number, dim: Dim): Shape {
  return shape.map((each, i) => (i === axis ? dim : each));
}
