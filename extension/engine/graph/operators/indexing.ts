import { sameShape } from '../dimension';
import { type Value, axisOf, fail, makeValue } from '../value';

/** Rows (slices along `axis`) of `x` by index: `gather(embeddings [V, D], ids [B, T])` -> [B, T, D]. */
export function gather(x: Value, indices: Value, axis = 0): Value {
  requireIndices('Gather', x, indices);
  const at = axisOf('Gather', x, axis);
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return makeValue('Gather', [x, indices], { axis: at }, x.type, shape);
}

/** One element an index: result[i][j] = x[i][indices[i][j]] for axis 1. Shapes agree on all other axes. */
export function gatherElements(x: Value, indices: Value, axis = -1): Value {
  requireIndices('GatherElements', x, indices);
  const at = axisOf('GatherElements', x, axis);
  if (indices.shape.length !== x.shape.length || !sameShape(x.shape.with(at, 0), indices.shape.with(at, 0)))
    fail('GatherElements', [x, indices], `both shapes must agree on all axes but ${at}.`);
  return makeValue('GatherElements', [x, indices], { axis: at }, x.type, indices.shape);
}

/**
 * Slices by index tuples: indices [..., n] index the first n dimensions of `x` after the first `batchDims`, which both share.
 * `gatherND(hidden [B, T, D], positions [N, 2])` -> [N, D].
 */
export function gatherND(x: Value, indices: Value, batchDims = 0): Value {
  requireIndices('GatherND', x, indices);
  const depth = indices.shape.at(-1);
  if (typeof depth !== 'number' || depth + batchDims > x.shape.length)
    fail(
      'GatherND',
      [x, indices],
      `the last dimension of the indices must be a number up to ${x.shape.length - batchDims}.`,
    );
  if (!sameShape(x.shape.slice(0, batchDims), indices.shape.slice(0, batchDims)))
    fail('GatherND', [x, indices], `the first ${batchDims} dimensions must agree.`);
  const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(batchDims + depth)];
  return makeValue('GatherND', [x, indices], { batchDims }, x.type, shape);
}

/** `x` with slices replaced (or added to) at index tuples; the reverse of gatherND without batch dimensions. */
export function scatterND(x: Value, indices: Value, updates: Value, reduction: 'none' | 'add' = 'none'): Value {
  requireIndices('ScatterND', x, indices);
  const depth = indices.shape.at(-1);
  if (typeof depth !== 'number' || !sameShape(updates.shape, [...indices.shape.slice(0, -1), ...x.shape.slice(depth)]))
    fail(
      'ScatterND',
      [x, indices, updates],
      'the updates must have the shape that gatherND with these indices returns.',
    );
  if (updates.type !== x.type) fail('ScatterND', [x, indices, updates], 'updates and data must have one type.');
  return makeValue('ScatterND', [x, indices, updates], { reduction }, x.type, x.shape);
}

/** `x` with single elements replaced (or added to): the reverse of gatherElements. */
export function scatterElements(
  x: Value,
  indices: Value,
  updates: Value,
  axis = -1,
  reduction: 'none' | 'add' = 'none',
): Value {
  requireIndices('ScatterElements', x, indices);
  if (!sameShape(indices.shape, updates.shape) || indices.shape.length !== x.shape.length)
    fail('ScatterElements', [x, indices, updates], 'indices and updates must have one shape, of the rank of the data.');
  if (updates.type !== x.type) fail('ScatterElements', [x, indices, updates], 'updates and data must have one type.');
  const at = axisOf('ScatterElements', x, axis);
  return makeValue('ScatterElements', [x, indices, updates], { axis: at, reduction }, x.type, x.shape);
}

function requireIndices(operator: string, x: Value, indices: Value): void {
  if (indices.type !== 'int64' && indices.type !== 'int32')
    fail(operator, [x, indices], 'the indices must be int64 or int32.');
}
