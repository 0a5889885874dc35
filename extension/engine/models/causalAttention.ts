import { attention } from '../graph/composites/attention';
import { productOf } from '../graph/dimension';
import { constant } from '../graph/leaves';
import { add, cast, greaterOrEqual, mul } from '../graph/operators/elementwise';
import { concat, reshape, transpose } from '../graph/operators/shaping';
import type { Value } from '../graph/value';
import { type Asking, type CausalLayout, type Span, rowsOf, seenTogether } from './causalLayout';
import type { KeysAndValues } from './generation/pastLayers';
import { masked } from './languageModel';

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
  /** For each head what a key loses of its score for each position that it stands further back: ALiBi; undefined: nothing. */
  readonly slopes?: readonly number[] | undefined;
  /** Bound of the scores: softcap * tanh(score / softcap); undefined: none. */
  readonly softcap?: number | undefined;
}

/**
 * Self-attention of a causal model over rows as a {@link CausalLayout} has them: the rows that ask see all rows of their example that stand
 * before them and themselves. Returns [asking, heads * headWidth].
 */
export function causalAttention(
  { spans, past }: CausalLayout,
  asking: Asking,
  { query, key, value }: Projections,
  { heads, groups, headWidth, scale, turn = (_, y) => y, window, slopes, softcap }: CausalAttentionOptions,
): Value {
  const byHead = (span: Span, y: Value, count: number): Value =>
    transpose(reshape(rowsOf(span, y), [span.batch, span.length, count, headWidth]), [0, 2, 1, 3]);
  const own = spans.map((span) => ({
    keys: turn(span, byHead(span, key, groups)),
    values: byHead(span, value, groups),
  }));
  // What goes on behind a past is one span.
  const known = past === undefined ? own : [past.extend(own[0]!)];

  const attended = asking.spans.map((span) => {
    // A span sees itself and the ones before; the target positions, which are none of them, see all.
    const seen = known.slice(0, spans.includes(span) ? spans.indexOf(span) + 1 : spans.length);
    const together = (part: (each: KeysAndValues) => Value): Value => seenTogether(seen.map(part), span.batch);
    const y = attention(
      turn(span, byHead(span, query, heads)),
      together(({ keys }) => keys),
      together(({ values }) => values),
      { scale, bias: scoreBias(span, window, slopes), softcap },
    );
    return reshape(transpose(y, [0, 2, 1, 3]), [productOf([span.batch, span.length]), heads * headWidth]);
  });
  return concat(attended, 0);
}

/** What is added to the scores of a span's rows; broadcasts to [batch, heads, length, keys]. */
function scoreBias(
  { bias, distances }: Span,
  window: number | undefined,
  slopes: readonly number[] | undefined,
): Value {
  const near = window === undefined ? bias : add(bias, mul(cast(greaterOrEqual(distances, window), 'float'), masked));
  if (slopes === undefined) return near;
  const perPosition = constant(
    slopes.map((slope) => -slope),
    'float',
    [slopes.length, 1, 1],
  );
  return add(near, mul(distances, perPosition));
}
