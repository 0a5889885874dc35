import assert from 'node:assert/strict';
import { geluTanh, gelu, silu } from '../../../extension/engine/graph/composites/activations';
import { attention } from '../../../extension/engine/graph/composites/attention';
import { crossEntropy } from '../../../extension/engine/graph/composites/crossEntropy';
import { layerNorm, rmsNorm } from '../../../extension/engine/graph/composites/normalization';
import { rotary } from '../../../extension/engine/graph/composites/rotary';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { constant, input } from '../../../extension/engine/graph/leaves';
import { linear, matmul } from '../../../extension/engine/graph/operators/contraction';
import * as elementwise from '../../../extension/engine/graph/operators/elementwise';
import * as indexing from '../../../extension/engine/graph/operators/indexing';
import {
  argMax,
  reduceMax,
  reduceMean,
  reduceSum,
  softmax,
  topK,
} from '../../../extension/engine/graph/operators/reductions';
import { concat, expand, pad, slice, transpose } from '../../../extension/engine/graph/operators/shaping';
import { openSession } from '../../../extension/engine/graph/session';
import type { Value } from '../../../extension/engine/graph/value';
import { noise } from '../gradients/differences';

/** A tensor in plain TypeScript: what the reference implementations below compute on. */
interface Reference {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Computes `build` of the numbers, once in float64 and once in float32, each as onnxruntime does it. */
async function computed(
  numbers: Readonly<Record<string, Reference>>,
  build: (values: Readonly<Record<string, Value>>) => Value,
  precision: 'float32' | 'float64' = 'float64',
): Promise<Reference> {
  const values = Object.fromEntries(
    Object.entries(numbers).map(([name, { shape }]) => [
      name,
      input(name, name.startsWith('ids') ? 'int64' : 'float', shape),
    ]),
  );
  const model = writeModel({ y: build(values) }, { executionProvider: 'cpu', precision });
  const session = await openSession(model, { threads: 1 });
  const { y } = await session.run(numbers);
  await session.release();
  return { shape: y!.shape, data: Array.from(y!.data, Number) };
}

function random(seed: number, ...shape: number[]): Reference {
  return {
    shape,
    data: noise(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
  };
}
/** Rows of the last dimension. */
function rows({ shape, data }: Reference): number[][] {
  const width = shape.at(-1)!;
  return Array.from({ length: data.length / width }, (_, i) => data.slice(i * width, (i + 1) * width));
}
function assertClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((x, i) =>
    assert.ok(Math.abs(x - actual[i]!) <= tolerance, `element ${i}: ${actual[i]} instead of ${x}`),
  );
}
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
function softmaxOf(x: readonly number[]): number[] {
  const exps = x.map((each) => Math.exp(each - Math.max(...x)));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((each) => each / sum);
}

describe('composites mean what their papers say', function () {
  this.timeout(60_000);
  const x = random(1, 2, 3, 4);
  const weight = random(2, 4);
  const bias = random(3, 4);

  it('RMS norm', async () => {
    const y = await computed({ x, weight }, (v) => rmsNorm(v.x!, v.weight!, 1e-6));
    assertClose(
      y.data,
      rows(x).flatMap((row) =>
        row.map((each, i) => (each / Math.sqrt(mean(row.map((z) => z * z)) + 1e-6)) * weight.data[i]!),
      ),
    );
  });

  it('layer norm', async () => {
    const y = await computed({ x, weight, bias }, (v) => layerNorm(v.x!, v.weight!, v.bias!, 1e-5));
    assertClose(
      y.data,
      rows(x).flatMap((row) => {
        const variance = mean(row.map((z) => (z - mean(row)) ** 2));
        return row.map(
          (each, i) => ((each - mean(row)) / Math.sqrt(variance + 1e-5)) * weight.data[i]! + bias.data[i]!,
        );
      }),
    );
  });

  it('attention: query head h looks at key head floor(h / share)', async () => {
    const [batch, heads, groups, queries, keys, width] = [2, 6, 2, 3, 5, 4];
    const q = random(4, batch, heads, queries, width);
    const k = random(5, batch, groups, keys, width);
    const v = random(6, batch, groups, keys, width);
    const mask = random(7, heads, queries, keys);
    const y = await computed({ q, k, v, mask }, (t) => attention(t.q!, t.k!, t.v!, { scale: 0.6, bias: t.mask! }));
    const [qRows, kRows, vRows, maskRows] = [rows(q), rows(k), rows(v), rows(mask)];
    const expected: number[] = [];
    for (let b = 0; b < batch; b++)
      for (let h = 0; h < heads; h++)
        for (let t = 0; t < queries; t++) {
          const first = (b * groups + Math.floor(h / (heads / groups))) * keys;
          const query = qRows[(b * heads + h) * queries + t]!;
          const scores = Array.from(
            { length: keys },
            (_, s) => 0.6 * dot(query, kRows[first + s]!) + maskRows[h * queries + t]![s]!,
          );
          const p = softmaxOf(scores);
          for (let w = 0; w < width; w++)
            expected.push(p.reduce((sum, each, s) => sum + each * vRows[first + s]![w]!, 0));
        }
    assert.deepEqual(y.shape, [batch, heads, queries, width]);
    assertClose(y.data, expected);
  });

  it('rotary positions: the pair (i, i + W/2) turns by its angle', async () => {
    const angles = random(8, 3, 2);
    const cosine = { shape: angles.shape, data: angles.data.map(Math.cos) };
    const sine = { shape: angles.shape, data: angles.data.map(Math.sin) };
    const y = await computed({ x, cosine, sine }, (v) => rotary(v.x!, v.cosine!, v.sine!));
    const expected = rows(x).flatMap((row, index) => {
      const turned = [...row];
      for (let i = 0; i < 2; i++) {
        const angle = angles.data[(index % 3) * 2 + i]!;
        turned[i] = row[i]! * Math.cos(angle) - row[i + 2]! * Math.sin(angle);
        turned[i + 2] = row[i + 2]! * Math.cos(angle) + row[i]! * Math.sin(angle);
      }
      return turned;
    });
    assertClose(y.data, expected);
  });

  it('silu, gelu and its tanh approximation, at known points', async () => {
    const at = { shape: [5], data: [-2, -0.5, 0, 1, 3] };
    const [s, g, t] = [
      await computed({ at }, (v) => silu(v.at!)),
      await computed({ at }, (v) => gelu(v.at!)),
      await computed({ at }, (v) => geluTanh(v.at!)),
    ];
    assertClose(
      s.data,
      at.data.map((z) => z / (1 + Math.exp(-z))),
    );
    // x * Phi(x) with the normal distribution's table.
    assertClose(g.data, [-0.04550026389635842, -0.15426876936299344, 0, 0.8413447460685429, 2.99595030590511], 1e-14);
    assertClose(
      t.data,
      at.data.map((z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)))),
    );
  });

  it('cross entropy, also of logits whose exponentials overflow', async () => {
    const logits = { shape: [3, 4], data: [1, 2, 3, 4, 1000, 0, -1000, 5, -2000, -2000, -2000, -2001] };
    const ids = { shape: [3], data: [1, 0, 3] };
    const expected = rows(logits).map((row, i) => {
      const top = Math.max(...row);
      return Math.log(row.reduce((sum, each) => sum + Math.exp(each - top), 0)) + top - row[ids.data[i]!]!;
    });
    assertClose((await computed({ logits, ids }, (v) => crossEntropy(v.logits!, v.ids!))).data, expected);
    assertClose(
      (await computed({ logits, ids }, (v) => crossEntropy(v.logits!, v.ids!), 'float32')).data,
      expected,
      1e-3,
    );
  });

  it('softmax over any axis', async () => {
    const y = await computed({ x }, (v) => transpose(softmax(transpose(v.x!, [0, 2, 1]), 1), [0, 2, 1]));
    assertClose(y.data, rows(x).flatMap(softmaxOf));
  });

  it('matrix products with every transposition, and the linear layer', async () => {
    const [a, b, c] = [random(11, 3, 2), random(12, 2, 4), random(13, 4)];
    const product = rows(a).flatMap((row) => [0, 1, 2, 3].map((n) => dot(row, [b.data[n]!, b.data[4 + n]!])));
    for (const precision of ['float32', 'float64'] as const)
      for (const transposeA of [false, true])
        for (const transposeB of [false, true]) {
          const y = await computed(
            { a, b },
            (v) =>
              matmul(transposeA ? transpose(v.a!, [1, 0]) : v.a!, transposeB ? transpose(v.b!, [1, 0]) : v.b!, {
                transposeA,
                transposeB,
                scale: -3,
              }),
            precision,
          );
          assertClose(
            y.data,
            product.map((z) => -3 * z),
            1e-6,
          );
        }
    const y = await computed({ a, b, c }, (v) => linear(v.a!, transpose(v.b!, [1, 0]), v.c));
    assertClose(
      y.data,
      product.map((z, i) => z + c.data[i % 4]!),
    );
  });
});

describe('operators mean what their names say', function () {
  this.timeout(60_000);
  const x: Reference = { shape: [2, 3], data: [1, -2, 3, 4, 5, -6] };
  const ids = (shape: number[], ...data: number[]): Value => constant(data, 'int64', shape);
  const { abs, and, cast, equal, floor, greater, less, maximum, minimum, not, or, pow, where } = elementwise;
  const asNumber = (value: Value): Value => cast(value, 'float');

  const meanings: Readonly<Record<string, readonly [(x: Value) => Value, readonly number[]]>> = {
    slice: [(v) => slice(v, 1, 1), [-2, 3, 5, -6]],
    pad: [(v) => pad(v, 0, 1, 0), [0, 0, 0, 1, -2, 3, 4, 5, -6]],
    concat: [(v) => concat([v, slice(v, 1, 0, 1)], 1), [1, -2, 3, 1, 4, 5, -6, 4]],
    transpose: [(v) => transpose(v, [1, 0]), [1, 4, -2, 5, 3, -6]],
    expand: [(v) => expand(slice(v, 0, 0, 1), [2, 3]), [1, -2, 3, 1, -2, 3]],
    gather: [(v) => indexing.gather(v, ids([2], 2, 0), 1), [3, 1, -6, 4]],
    gatherElements: [(v) => indexing.gatherElements(v, ids([2, 1], 2, 1), 1), [3, 5]],
    gatherND: [(v) => indexing.gatherND(v, ids([2, 2], 1, 2, 0, 1)), [-6, -2]],
    'gatherND within the batch': [(v) => indexing.gatherND(v, ids([2, 1], 2, 0), 1), [3, 4]],
    scatterND: [(v) => indexing.scatterND(v, ids([1, 1], 1), slice(v, 0, 0, 1)), [1, -2, 3, 1, -2, 3]],
    'scatterND adding': [(v) => indexing.scatterND(v, ids([2, 1], 0, 0), v, 'add'), [6, 1, 0, 4, 5, -6]],
    scatterElements: [
      (v) => indexing.scatterElements(v, ids([2, 1], 2, 0), slice(v, 1, 1, 2), 1),
      [1, -2, -2, 5, 5, -6],
    ],
    'scatterElements adding': [
      (v) => indexing.scatterElements(v, ids([2, 2], 0, 0, 1, 2), slice(v, 1, 0, 2), 1, 'add'),
      [0, -2, 3, 4, 9, -1],
    ],
    reduceSum: [(v) => reduceSum(v, [0]), [5, 3, -3]],
    reduceMean: [(v) => reduceMean(v, [-1], { keepDims: true }), [2 / 3, 1]],
    reduceMax: [(v) => reduceMax(v), [5]],
    argMax: [(v) => asNumber(argMax(v)), [2, 1]],
    topK: [(v) => asNumber(topK(v, 2)), [2, 0, 1, 0]],
    'topK of equals': [(v) => asNumber(topK(minimum(v, 1), 3, 1)), [0, 2, 1, 0, 1, 2]],
    'topK and its elements': [(v) => indexing.gatherElements(v, topK(v, 1, 0), 0), [4, 5, 3]],
    where: [(v) => where(greater(v, 0), v, 0), [1, 0, 3, 4, 5, 0]],
    comparison: [(v) => asNumber(or(and(less(v, 4), greater(v, 0)), not(less(v, 5)))), [1, 0, 1, 0, 1, 0]],
    equal: [(v) => asNumber(equal(v, 4)), [0, 0, 0, 1, 0, 0]],
    'maximum and minimum': [(v) => minimum(maximum(v, -1), 3), [1, -1, 3, 3, 3, -1]],
    'power and magnitude': [(v) => pow(abs(v), 2), [1, 4, 9, 16, 25, 36]],
    floor: [(v) => floor(elementwise.div(v, 4)), [0, -1, 0, 1, 1, -2]],
  };
  for (const [name, [build, expected]] of Object.entries(meanings))
    it(name, async () => assertClose((await computed({ x }, (v) => build(v.x!))).data, expected));
});
