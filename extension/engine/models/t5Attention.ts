import { attention } from '../graph/composites/attention';
import { type Dim, productOf } from '../graph/dimension';
import { linear } from '../graph/operators/contraction';
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

/** Attention of `x` [rows * length, D] to keys and values; without a scale. */
export function attend(
  c: T5Heads,
  w: AttentionWeights,
  x: Value,
  side: Side,
  { keys, values }: KeysAndValues,
  bias: Value,
): Value {
  const query = byHead(c, linear(x, w.query), side);
  const attended = transpose(attention(query, keys, values, { scale: 1, bias }), [0, 2, 1, 3]);
  return linear(reshape(attended, [productOf([side.rows, side.length]), c.heads * c.headWidth]), w.output);
}

function byHead(c: T5Heads, x: Value, { rows, length }: Side): Value {
  return transpose(reshape(x, [rows, length, c.heads, c.headWidth]), [0, 2, 1, 3]);
}
