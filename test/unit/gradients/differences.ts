import { gradient } from '../../../extension/engine/gradients/gradient';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { input } from '../../../extension/engine/graph/leaves';
import { mul } from '../../../extension/engine/graph/operators/elementwise';
import { reduceSum } from '../../../extension/engine/graph/operators/reductions';
import { type Feed, type Session, openSession } from '../../../extension/engine/graph/session';
import { evaluateDimension } from '../../../extension/engine/graph/dimension';
import type { ElementType, Value } from '../../../extension/engine/graph/value';

/** Sizes that the names in the cases' shapes stand for; no two are equal, so that mixed up axes show. */
export const sizes: ReadonlyMap<string, number> = new Map([
  ['batch', 2],
  ['sequence', 3],
  ['prompt', 5],
  ['targets', 4],
]);

export interface CaseInput {
  readonly shape: readonly (number | string)[];
  readonly type?: ElementType;
  /** Numbers to feed; default: pseudo-random in [-1, 1], or in `between`. */
  readonly data?: readonly number[];
  readonly between?: readonly [number, number];
  /** Whether its gradient is checked; default: whether it is floating-point. */
  readonly differentiate?: boolean;
}
export interface Case {
  readonly inputs: Readonly<Record<string, CaseInput>>;
  readonly build: (values: Readonly<Record<string, Value>>) => Value;
}

/** Pseudo-random numbers in [-1, 1) that never change: a linear congruential generator (Numerical Recipes). */
export function noise(count: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function feedsOf(inputs: Case['inputs']): Record<string, Feed> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data, between: [low, high] = [-1, 1] }], index) => {
      const concrete = shape.map((dim) => evaluateDimension(dim, sizes));
      const count = concrete.reduce((product, dim) => product * dim, 1);
      const numbers = data ?? noise(count, index + 1).map((x) => low + ((x + 1) / 2) * (high - low));
      return [name, { data: numbers, shape: concrete }];
    }),
  );
}

/** The outputs `loss` and `gradient of NAME`, and the feeds for them. The loss weighs every element differently, so that no symmetry hides an error.
 * `prefix` goes in front of every input's and output's name. */
export function lossAndGradients(
  { inputs, build }: Case,
  prefix = '',
): {
  readonly outputs: Readonly<Record<string, Value>>;
  readonly feeds: Readonly<Record<string, Feed>>;
} {
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, { type = 'float', shape }]) => [name, input(prefix + name, type, shape)]),
  );
  const output = build(values);
  const loss = reduceSum(mul(output, input(`${prefix}weights`, 'float', output.shape)));
  const wanted = Object.keys(inputs).filter(
    (name) => inputs[name]!.differentiate ?? (inputs[name]!.type ?? 'float') === 'float',
  );
  const gradients = gradient(
    loss,
    wanted.map((name) => values[name]!),
  );
  return {
    outputs: prefixed(prefix, {
      loss,
      ...Object.fromEntries(wanted.map((name, i) => [`gradient of ${name}`, gradients[i]!])),
    }),
    feeds: prefixed(prefix, feedsOf({ ...inputs, weights: { shape: output.shape } })),
  };
}

function prefixed<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));
}

/** The largest relative error of each gradient against fourth-order central differences, in float64 on the CPU. */
export async function gradientErrors(each: Case): Promise<Record<string, number>> {
  const { outputs, feeds } = lossAndGradients(each);
  const cpu = { executionProvider: 'cpu', precision: 'float64' } as const;
  const both = await openSession(writeModel(outputs, cpu), { threads: 1 });
  const forward = await openSession(writeModel({ loss: outputs.loss! }, cpu), { threads: 1 });
  try {
    const results = await both.run(fedTo(both, feeds));
    const errors: Record<string, number> = {};
    for (const [output, { data }] of Object.entries(results)) {
      if (output === 'loss') continue;
      const name = output.slice('gradient of '.length);
      errors[name] = relativeError(Array.from(data, Number), await differences(forward, feeds, name));
    }
    return errors;
  } finally {
    await both.release();
    await forward.release();
  }
}

/** Those feeds that the session's model needs. */
export function fedTo(session: Session, feeds: Readonly<Record<string, Feed>>): Record<string, Feed> {
  return Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
}

/** Largest absolute difference over the largest magnitude. */
export function relativeError(actual: readonly number[], expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((x, i) => Math.abs(x - actual[i]!)));
  // Gradients that are 0 throughout have no scale: their error counts as it is.
  return largest === 0 ? error : error / largest;
}

async function differences(session: Session, feeds: Readonly<Record<string, Feed>>, name: string): Promise<number[]> {
  const { data, shape } = feeds[name]!;
  const numbers = Array.from(data, Number);
  const step = 1e-3;
  const lossAt = async (index: number, shift: number): Promise<number> => {
    const moved = numbers.with(index, numbers[index]! + shift);
    return Number((await session.run(fedTo(session, { ...feeds, [name]: { data: moved, shape } }))).loss!.data[0]);
  };
  const slopes: number[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const [p1, m1] = [await lossAt(i, step), await lossAt(i, -step)];
    const [p2, m2] = [await lossAt(i, 2 * step), await lossAt(i, -2 * step)];
    slopes.push((8 * (p1 - m1) - (p2 - m2)) / (12 * step));
  }
  return slopes;
}
