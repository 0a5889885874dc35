import { attention } from '../graph/composites/attention';
import { type Dim, productOf } from '../graph/dimension';
import { linear, matmul } from '../graph/operators/contraction';
import { reshape, transpose } from '../graph/operators/shaping';
import type { Value } from '../graph/value';
import type { FrozenTensors } from './frozenTensors';
import type { KeysAndValues } from './generation/pastLayers';

/** Sizes of T5's attention; the heads together may be wider than the model. */
export interface T5Heads {
  readonly width: number;
  readonly heads: number;
  readonly headWidth: number;
}

/** [heads * headWidth, width] each, the output the other way round. */
export interface AttentionWeights {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly output: Value;
}

/** `name`: of the attention in the checkpoint, as `encoder.block.0.layer.0.SelfAttention`. */
export function readAttention(c: T5Heads, tensors: FrozenTensors, name: string): AttentionWeights {
  const inner = c.heads * c.headWidth;
  return {
    query: tensors.tensor(`${name}.q.weight`, [inner, c.width]),
    key: tensors.tensor(`${name}.k.weight`, [inner, c.width]),
    value: tensors.tensor(`${name}.v.weight`, [inner, c.width]),
    output: tensors.tensor(`${name}.o.weight`, [c.width, inner]),
  };
}

/** How [rows * length, D] is made of rows. */
export interface Side {
  readonly rows: Dim;
  readonly length: Dim;
}

/** Keys and values of `x` [rows * length, D] as attention takes them, [rows, heads, length, headWidth]. */
export function keysAndValues(c: T5Heads, w: AttentionWeights, x: Value, side: Side): KeysAndValues {
  return { keys: byHead(c, linear(x, w.key), side), values: byHead(c, linear(x, w.value), side) };
}

/** Queries of `x` [rows * length, D], of the same form. */
export function queries(c: T5Heads, w: AttentionWeights, x: Value, side: Side): Value {
  return byHead(c, linear(x, w.query), side);
}

/** Attention of queries to keys and values, without a scale: [rows * length, D]. */
export function attend(
  c: T5Heads,
  w: AttentionWeights,
  query: Value,
  side: Side,
  { keys, values }: KeysAndValues,
  bias: Value,
): Value {
  const attended = transpose(attention(query, keys, values, { scale: 1, bias }), [0, 2, 1, 3]);
  return linear(reshape(attended, [productOf([side.rows, side.length]), c.heads * c.headWidth]), w.output);
}

/**
 * Attention of few rows `x` [rows * length, D] to many, `memory` [rows, sequence, D], without keys and values of the memory: as
 * q (K m) = (q K) m and V (sum of p m) = sum of p (V m), the matrices of keys and values are applied to what asks. That is less work while
 * `length` is below the width of a head, and far less for a target of a few tokens. The same as {@link attend} but for rounding.
 */
export function attendMemory(
  c: T5Heads,
  w: AttentionWeights,
  x: Value,
  { rows, length }: Side,
  memory: Value,
  bias: Value,
): Value {
  const asking = productOf([rows, length]);
  const ofHead = (weight: Value): Value => reshape(weight, [c.heads, c.headWidth, c.width]);
  const query = transpose(reshape(linear(x, w.query), [asking, c.heads, c.headWidth]), [1, 0, 2]);
  const wide = reshape(matmul(query, ofHead(w.key)), [c.heads, rows, length, c.width]);
  // One group of keys, which are the values too, for all heads.
  const seen = reshape(memory, [rows, 1, memory.shape[1]!, c.width]);
  const attended = transpose(attention(transpose(wide, [1, 0, 2, 3]), seen, seen, { scale: 1, bias }), [1, 0, 2, 3]);
  const narrow = matmul(reshape(attended, [c.heads, asking, c.width]), ofHead(w.value), { transposeB: true });
  return linear(reshape(transpose(narrow, [1, 0, 2]), [asking, c.heads * c.headWidth]), w.output);
}

function byHead(c: T5Heads, x: Value, { rows, length }: Side): Value {
  return transpose(reshape(x, [rows, length, c.heads, c.headWidth]), [0, 2, 1, 3]);
}
