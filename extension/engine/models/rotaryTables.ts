import { rotary } from '../graph/composites/rotary';
import type { Dim } from '../graph/dimension';
import { input } from '../graph/leaves';
import { concat, reshape, slice, transpose } from '../graph/operators/shaping';
import type { Feed } from '../graph/session';
import type { Value } from '../graph/value';
import type { Span } from './causalLayout';
import type { Rope } from './rope';

/** Turns queries or keys of a span, [batch, heads, length, headWidth], by the angles of their positions. */
export type Turn = (span: Span, y: Value) => Value;

/**
 * Rotary positions by tables which the graph is fed with; Su et al. 2021, section 3.2.2. Only the first `rope.width` numbers of a head are
 * turned. `name` tells the tables of several ropes apart.
 */
export function rotaryTurn(rope: Rope, sequence: Dim, name = ''): Turn {
  const [cosine, sine] = tableNames(name).map((table) => input(table, 'float', [sequence, rope.width / 2]));
  return (span, y) => {
    const first = slice(y, -1, 0, rope.width);
    const turned = rotary(
      rope.pairs === 'neighbours' ? pairsApart(first) : first,
      span.atPositions(cosine!),
      span.atPositions(sine!),
    );
    return y.shape.at(-1) === rope.width ? turned : concat([turned, slice(y, -1, rope.width)], -1);
  };
}

/**
 * x [batch, heads, length, W] with what were neighbours half of W apart. Queries and keys are both put into that order, which changes no
 * product of the two, so nothing puts them back.
 */
function pairsApart(x: Value): Value {
  const [batch, heads, length, width] = x.shape as readonly [Dim, Dim, Dim, number];
  return reshape(transpose(reshape(x, [batch, heads, length, width / 2, 2]), [0, 1, 2, 4, 3]), x.shape);
}

/**
 * Those tables: cos and sin of position * frequency, times the rope's factor, [sequence, width / 2] each.
 *
 * @param whole length of the text that the positions belong to.
 */
export function rotaryTables(rope: Rope, sequence: number, whole: number, name = ''): Record<string, Feed> {
  const half = rope.width / 2;
  const frequencies = rope.frequencies(whole);
  const table = (f: (angle: number) => number): Feed => ({
    data: Float64Array.from({ length: sequence * half }, (_, index) => {
      return rope.factor * f(Math.floor(index / half) * frequencies[index % half]!);
    }),
    shape: [sequence, half],
  });
  const [cosine, sine] = tableNames(name) as [string, string];
  return { [cosine]: table(Math.cos), [sine]: table(Math.sin) };
}

function tableNames(name: string): readonly string[] {
  return ['cosine', 'sine'].map((table) => (name === '' ? table : `${name}.${table}`));
}
