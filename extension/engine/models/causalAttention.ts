import { attention } from '../graph/composites/attention';
import { productOf } from '../graph/dimension';
import { concat, reshape, transpose } from '../graph/operators/shaping';
import type { Value } from '../graph/value';
import { type CausalLayout, type Span, rowsOf, seenTogether } from './causalLayout';

export interface CausalAttentionOptions {
  readonly heads: number;
  /** Key and value heads; `heads` is a multiple of them. */
  readonly groups: number;
  readonly headWidth: number;
  /** Factor of the scores. */
  readonly scale: number;
  /** What happens to queries and keys of a span, [batch, heads or groups, length, headWidth], before they meet: rotary positions. */
  readonly turn?: (span: Span, y: Value) => Value;
}

/**
 * Self-attention of a causal model over rows as a {@link CausalLayout} has them: the rows that ask see all rows of their example that stand
 * before them and themselves.
 *
 * @param asking spans of the rows that ask, in the order of their rows.
 * @param query [asking rows, heads * headWidth].
 * @param key [rows, groups * headWidth] of all rows, and `value` alike.
 * @returns [asking rows, heads * headWidth].
 */
export function causalAttention(
  { spans }: CausalLayout,
  asking: readonly Span[],
  query: Value,
  key: Value,
  value: Value,
  { heads, groups, headWidth, scale, turn = (_, y) => y }: CausalAttentionOptions,
): Value {
  const byHead = (span: Span, y: Value, count: number): Value =>
    transpose(reshape(rowsOf(span, y), [span.batch, span.length, count, headWidth]), [0, 2, 1, 3]);
  const keys = spans.map((span) => turn(span, byHead(span, key, groups)));
  const values = spans.map((span) => byHead(span, value, groups));

  const attended = asking.map((span) => {
    // A span sees itself and the ones before; the target positions, which are none of them, see all.
    const seen = spans.includes(span) ? spans.indexOf(span) + 1 : spans.length;
    const y = attention(
      turn(span, byHead(span, query, heads)),
      seenTogether(keys.slice(0, seen), span.batch),
      seenTogether(values.slice(0, seen), span.batch),
      { scale, bias: span.bias },
    );
    return reshape(transpose(y, [0, 2, 1, 3]), [productOf([span.batch, span.length]), heads * headWidth]);
  });
  return concat(attended, 0);
}
