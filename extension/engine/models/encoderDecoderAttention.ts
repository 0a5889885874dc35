import { attention } from '../graph/composites/attention';
import { type Dim, productOf } from '../graph/dimension';
import { matmul } from '../graph/operators/contraction';
import { add } from '../graph/operators/elementwise';
import { reshape, transpose } from '../graph/operators/shaping';
import type { Value } from '../graph/value';
import type { FrozenTensors } from './frozenTensors';
import type { KeysAndValues } from './generation/pastLayers';
import { type LinearWeights, project, readLinear } from './modules';

/** Sizes of an attention; the heads together may be wider than the model. */
export interface AttentionSizes {
  readonly width: number;
  readonly heads: number;
  readonly headWidth: number;
  /** Factor of the scores. */
  readonly scale: number;
}

/** An attention's sizes and its linear maps: [heads * headWidth, width], the output the other way round. */
export interface Attention extends AttentionSizes {
  readonly query: LinearWeights;
  readonly key: LinearWeights;
  readonly value: LinearWeights;
  readonly output: LinearWeights;
}

/**
 * Reads the four maps of an attention.
 * @param names of query, key, value and output in the checkpoint, as `encoder.block.0.layer.0.SelfAttention.q`.
 */
export function readAttention(
  sizes: AttentionSizes,
  tensors: FrozenTensors,
  names: readonly [query: string, key: string, value: string, output: string],
  biased: boolean,
): Attention {
  const inner = sizes.heads * sizes.headWidth;
  const [query, key, value] = names.slice(0, 3).map((name) => readLinear(tensors, name, [inner, sizes.width], biased));
  const output = readLinear(tensors, names[3], [sizes.width, inner], biased);
  return { ...sizes, query: query!, key: key!, value: value!, output };
}

/** How [rows * length, D] is made of rows. */
export interface Side {
  readonly rows: Dim;
  readonly length: Dim;
}

/** Keys and values of `x` [rows * length, D] as attention takes them, [rows, heads, length, headWidth]. */
export function keysAndValues(w: Attention, x: Value, side: Side): KeysAndValues {
  return { keys: byHead(w, project(x, w.key), side), values: byHead(w, project(x, w.value), side) };
}

/** Queries of `x` [rows * length, D], of the same form. */
export function queries(w: Attention, x: Value, side: Side): Value {
  return byHead(w, project(x, w.query), side);
}

/** Attention of queries to keys and values: [rows * length, D]. */
export function attend(w: Attention, query: Value, side: Side, { keys, values }: KeysAndValues, bias: Value): Value {
  const attended = transpose(attention(query, keys, values, { scale: w.scale, bias }), [0, 2, 1, 3]);
  return project(reshape(attended, [productOf([side.rows, side.length]), w.heads * w.headWidth]), w.output);
}

/**
 * Attention of few rows `x` [rows * length, D] to many, `memory` [rows, sequence, D], without keys and values of the memory: as
 * q (K m) = (q K) m and V (sum of p m) = sum of p (V m), the matrices of keys and values are applied to what asks. That is less work while
 * `length` is below the width of a head, and far less for a target of a few tokens. A bias of the keys adds the same to all scores of a
 * query, so it changes nothing; that of the values is added at the end, since the p are 1 together. The same as {@link attend} but for
 * rounding.
 */
export function attendMemory(w: Attention, x: Value, { rows, length }: Side, memory: Value, bias: Value): Value {
  const asking = productOf([rows, length]);
  const ofHead = ({ weight }: LinearWeights): Value => reshape(weight, [w.heads, w.headWidth, w.width]);
  const query = transpose(reshape(project(x, w.query), [asking, w.heads, w.headWidth]), [1, 0, 2]);
  const wide = reshape(matmul(query, ofHead(w.key)), [w.heads, rows, length, w.width]);
  // One group of keys, which are the values too, for all heads.
  const seen = reshape(memory, [rows, 1, memory.shape[1]!, w.width]);
  const found = attention(transpose(wide, [1, 0, 2, 3]), seen, seen, { scale: w.scale, bias });
  const attended = reshape(transpose(found, [1, 0, 2, 3]), [w.heads, asking, w.width]);
  const narrow = matmul(attended, ofHead(w.value), { transposeB: true });
  const values = reshape(transpose(narrow, [1, 0, 2]), [asking, w.heads * w.headWidth]);
  return project(w.value.bias === undefined ? values : add(values, w.value.bias), w.output);
}

function byHead(w: AttentionSizes, x: Value, { rows, length }: Side): Value {
  return transpose(reshape(x, [rows, length, w.heads, w.headWidth]), [0, 2, 1, 3]);
}
