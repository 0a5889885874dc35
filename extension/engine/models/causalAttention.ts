import { attention } from '../graph/composites/attention';
import { productOf } from '../graph/dimension';
import { concat, reshape, transpose } from '../graph/operators/shaping';
import type { Value } from '../graph/value';
import { type Asking, type CausalLayout, type Span, rowsOf, seenTogether } from './causalLayout';

/** What meets in attention; heads lie behind each other in a row. */
export interface Projections {
  /** Of the rows that ask, [asking, heads * headWidth]. */
  readonly query: Value;
  /** Of all rows, [rows, groups * headWidth], and `value` alike. */
  readonly key: Value;
  readonly value: Value;
}

export interface CausalAttentionOptions {
  readonly heads: number;
  /** Key and value heads; `heads` is a multiple of them. */
  readonly groups: number;
  readonly headWidth: number;
  /** Factor of the scores. */
  readonly scale: number;
  /** What happens to queries and keys of a span, [batch, heads or groups, length, headWidth], before they meet: rotary positions. */
  readonly turn?: (span: Span, y: Value) => Value;
  /** How many positions a row sees back, its own among them; undefined: all. */
  readonly window?: number | undefined;
  /** Bound of the scores: softcap * tanh(score / softcap); undefined: none. */
  readonly softcap?: number | undefined;
}

/**
 * Self-attention of a causal model over rows as a {@link CausalLayout} has them: the rows that ask see all rows of their example that stand
 * before them and themselves. Returns [asking, heads * headWidth].
 */
export function causalAttention(
  { spans }: CausalLayout,
  asking: Asking,
  { query, key, value }: Projections,
  { heads, groups, headWidth, scale, turn = (_, y) => y, window, softcap }: CausalAttentionOptions,
): Value {
  const byHead = (span: Span, y: Value, count: number): Value =>
    transpose(reshape(rowsOf(span, y), [span.batch, span.length, count, headWidth]), [0, 2, 1, 3]);
  const keys = spans.map((span) => turn(span, byHead(span, key, groups)));
  const values = spans.map((span) => byHead(span, value, groups));

  const attended = asking.spans.map((span) => {
    // A span sees itself and the ones before; the target positions, which are none of them, see all.
    const seen = spans.includes(span) ? spans.indexOf(span) + 1 : spans.length;
    const y = attention(
      turn(span, byHead(span, query, heads)),
      seenTogether(keys.slice(0, seen), span.batch),
      seenTogether(values.slice(0, seen), span.batch),
      { scale, bias: span.bias(window), softcap },
    );
    return reshape(transpose(y, [0, 2, 1, 3]), [productOf([span.batch, span.length]), heads * headWidth]);
  });
  return concat(attended, 0);
}
