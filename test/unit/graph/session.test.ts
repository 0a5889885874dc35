import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gelu } from '../../../extension/engine/graph/composites/activations';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { input, range, dimensionValue, weight } from '../../../extension/engine/graph/leaves';
import { linear } from '../../../extension/engine/graph/operators/contraction';
import { add, cast, div, erf, greater, mul, where } from '../../../extension/engine/graph/operators/elementwise';
import { gather } from '../../../extension/engine/graph/operators/indexing';
import { reduceSum } from '../../../extension/engine/graph/operators/reductions';
import { expand, reshape } from '../../../extension/engine/graph/operators/shaping';
import { type Feed, type Tensor, listExecutionProviders, openSession } from '../../../extension/engine/graph/session';
import type { Value } from '../../../extension/engine/graph/value';
import { noise } from '../gradients/differences';

type Precision = 'float32' | 'float64';

async function run(
  outputs: Record<string, Value>,
  feeds: Record<string, Feed>,
  precision: Precision = 'float32',
): Promise<Record<string, Tensor>> {
  const session = await openSession(writeModel(outputs, { executionProvider: 'cpu', precision }), { threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

describe('a session', function () {
  this.timeout(60_000);

  it('loads onnxruntime with telemetry switched off, and knows the CPU', async () => {
    assert.ok((await listExecutionProviders()).includes('cpu'));
    assert.equal(process.env.ORT_DISABLE_TELEMETRY, '1');
  });

  it('takes numbers of any kind and gives them in the precision of the model', async () => {
    const [x, ids, flags] = [input('x', 'float', ['n']), input('ids', 'int64', ['m']), input('flags', 'bool', ['m'])];
    const y = where(flags, gather(x, ids), 0);
    const feeds = {
      x: { data: new Float64Array([0.1, 0.2, 0.3]), shape: [3] },
      ids: { data: [2, 0], shape: [2] },
      flags: { data: [1, 0], shape: [2] },
    };
    const single = await run({ y }, feeds);
    assert.deepEqual([...single.y!.data], [Math.fround(0.3), 0]);
    assert.ok(single.y!.data instanceof Float32Array);
    assert.deepEqual([...(await run({ y }, feeds, 'float64')).y!.data], [0.3, 0]);
  });

  it('checks every feed against the declared shapes and against each other', async () => {
    const a = input('a', 'float', ['batch', 'prompt + sequence']);
    const b = input('b', 'float', ['batch', 'prompt']);
    const c = input('c', 'float', ['sequence']);
    const y = add(reduceSum(a), add(reduceSum(b), reduceSum(c)));
    const feed = (...shape: number[]): Feed => ({ data: new Float32Array(shape.reduce((p, d) => p * d, 1)), shape });
    const good = { a: feed(2, 7), b: feed(2, 4), c: feed(3) };
    assert.deepEqual((await run({ y }, good)).y!.shape, []);
    const without = { a: good.a, b: good.b };
    await assert.rejects(run({ y }, without), /Input "c" \[sequence\] was not fed/);
    await assert.rejects(run({ y }, { ...good, extra: feed(1) }), /no input "extra"; its inputs are a, b, c/);
    await assert.rejects(
      run({ y }, { ...good, a: feed(2, 8) }),
      /"a" must be \[batch, prompt \+ sequence\], got \[2, 8\]: "prompt \+ sequence" is 7/,
    );
    await assert.rejects(
      run({ y }, { ...good, b: feed(3, 4) }),
      /"b" must be .*: "batch" is 2 according to the other inputs/,
    );
    await assert.rejects(run({ y }, { ...good, c: feed(3, 1) }), /"c" must be \[sequence\], got \[3, 1\]/);
    await assert.rejects(run({ y }, { ...good, c: { data: [1, 2], shape: [3] } }), /"c" \[3\] needs 3 numbers, got 2/);
  });

  it('refuses halves where whole numbers are due', async () => {
    const y = gather(input('x', 'float', ['n']), input('ids', 'int64', ['m']));
    const feeds = { x: { data: [1, 2], shape: [2] }, ids: { data: [0.5], shape: [1] } };
    await assert.rejects(run({ y }, feeds), /Input "ids" needs int64 numbers: .*0\.5/);
  });

  it('computes symbolic sizes, sums and products of them included', async () => {
    const [a, b] = [input('a', 'float', ['batch', 'prompt']), input('b', 'float', ['sequence'])];
    const count = dimensionValue('batch*prompt + 2*sequence - 1');
    const spread = expand(add(reduceSum(a), reduceSum(b)), ['prompt + sequence', 'batch']);
    const { c, s, r } = await run(
      { c: count, s: reshape(spread, ['batch', 'prompt + sequence']), r: range('prompt + sequence') },
      { a: { data: [1, 2, 3, 4, 5, 6], shape: [3, 2] }, b: { data: [1, 1], shape: [2] } },
    );
    assert.deepEqual([...c!.data], [9n]);
    assert.deepEqual(s!.shape, [3, 4]);
    assert.deepEqual([...r!.data], [0n, 1n, 2n, 3n]);
  });

  it('computes erf in float64 to 4e-15', async () => {
    // Abramowitz and Stegun, table 7.1, and the far ends.
    const table: readonly (readonly [number, number])[] = [
      [0, 0],
      [0.1, 0.1124629160182849],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [3, 0.9999779095030014],
      [6, 1],
      [40, 1],
    ];
    const x = table.flatMap(([each]) => [each, -each]);
    const { y } = await run({ y: erf(input('x', 'float', ['n'])) }, { x: { data: x, shape: [x.length] } }, 'float64');
    table.forEach(([at, expected], i) => {
      assert.ok(Math.abs(Number(y!.data[2 * i]) - expected) < 4e-15, `erf(${at}) = ${Number(y!.data[2 * i])}`);
      assert.equal(Number(y!.data[2 * i + 1]), -Number(y!.data[2 * i]));
    });
  });

  it('computes gelu in float32 as in float64', async () => {
    const x = Array.from({ length: 101 }, (_, i) => (i - 50) / 10);
    const feeds = { x: { data: x, shape: [101] } };
    const y = gelu(input('x', 'float', ['n']));
    const [single, double] = [await run({ y }, feeds), await run({ y }, feeds, 'float64')];
    x.forEach((at, i) =>
      assert.ok(Math.abs(Number(single.y!.data[i]) - Number(double.y!.data[i])) < 1e-6, `gelu(${at})`),
    );
  });

  it('reports a provider that this machine has not as an error', async () => {
    const y = greater(input('x', 'float', ['n']), 0);
    const model = writeModel({ y: div(cast(y, 'float'), 2) }, { executionProvider: 'cuda', precision: 'float32' });
    await assert.rejects(openSession(model), /The model cannot run on cuda: /);
  });
});

describe('frozen weights', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'weights-'))));
  after(() => rmSync(folder, { recursive: true }));

  /** A file with the numbers after `offset` bytes of something else. */
  function writeWeight(path: string, offset: number, numbers: ArrayBufferView): { offset: number; length: number } {
    const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    writeFileSync(path, Buffer.concat([Buffer.alloc(offset, 0x55), bytes, Buffer.from('tail')]));
    return { offset, length: bytes.length };
  }
  const x = input('x', 'float', ['n', 2]);
  const feeds = { x: { data: [1, 10], shape: [1, 2] } };

  it('are read where they lie, at any offset, as float32, float16, bfloat16 and float64', async () => {
    const stored = {
      float32: new Float32Array([1, 2, 3, -4]),
      float64: new Float64Array([1, 2, 3, -4]),
      float16: new Uint16Array([0x3c00, 0x4000, 0x4200, 0xc400]),
      bfloat16: new Uint16Array([0x3f80, 0x4000, 0x4040, 0xc080]),
    };
    for (const [storage, numbers] of Object.entries(stored) as [keyof typeof stored, ArrayBufferView][]) {
      const file = join(folder, `${storage}.safetensors`);
      // Safetensors headers are padded to 8 bytes, not to a page.
      const place = writeWeight(file, 1000, numbers);
      const w = weight({ name: 'w', file, ...place, storage, shape: [2, 2] });
      for (const precision of ['float32', 'float64'] as const)
        assert.deepEqual(
          [...(await run({ y: linear(x, w) }, feeds, precision)).y!.data],
          [21, -37],
          `${storage} in ${precision}`,
        );
    }
  });

  it('may lie in several shards and behind links, as in a Hugging Face cache', async () => {
    for (const each of ['blobs', 'snapshots/main']) mkdirSync(join(folder, each), { recursive: true });
    const values = ['first', 'second'].map((name, i) => {
      const place = writeWeight(join(folder, 'blobs', name), 8, new Float32Array([i + 1, 0, 0, i + 1]));
      const file = join(folder, 'snapshots/main', `${name}.safetensors`);
      symlinkSync(join('../../blobs', name), file);
      return weight({ name, file, ...place, storage: 'float32', shape: [2, 2] });
    });
    assert.deepEqual([...(await run({ y: linear(linear(x, values[0]!), values[1]!) }, feeds)).y!.data], [2, 20]);
  });

  it('are one initialiser each, however often they are used', () => {
    const file = join(folder, 'once.safetensors');
    const place = writeWeight(file, 8, new Float32Array([1, 0, 0, 1]));
    const w = (): Value => weight({ name: 'w', file, ...place, storage: 'float32', shape: [2, 2] });
    const model = writeModel({ y: linear(linear(x, w()), w()) }, { executionProvider: 'cpu', precision: 'float32' });
    assert.ok(model.bytes.length < 600, `${model.bytes.length} bytes`);
    assert.equal(Buffer.from(model.bytes).toString('latin1').split('once.safetensors').length - 1, 1);
  });

  it('give the same results without a second, packed copy', async () => {
    const file = join(folder, 'packed.safetensors');
    const place = writeWeight(file, 8, new Float32Array(noise(64 * 64)));
    const w = weight({ name: 'w', file, ...place, storage: 'float32', shape: [64, 64] });
    const y = linear(input('x', 'float', ['n', 64]), w);
    const model = writeModel({ y }, { executionProvider: 'cpu', precision: 'float32' });
    const outputs: number[][] = [];
    for (const lowMemory of [false, true]) {
      const session = await openSession(model, { lowMemory, threads: 1 });
      outputs.push(Array.from((await session.run({ x: { data: noise(128), shape: [2, 64] } })).y!.data, Number));
      await session.release();
    }
    outputs[0]!.forEach((expected, i) => assert.ok(Math.abs(expected - outputs[1]![i]!) < 1e-5));
  });

  it('that a truncated file does not hold are reported before anything is mapped', () => {
    const file = join(folder, 'short.safetensors');
    writeWeight(file, 8, new Float32Array([1, 2]));
    const w = weight({ name: 'w', file, offset: 8, length: 16, storage: 'float32', shape: [2, 2] });
    const write = (): unknown => writeModel({ y: linear(x, w) }, { executionProvider: 'cpu', precision: 'float32' });
    assert.throws(write, /short\.safetensors is truncated: weight "w" ends at byte 24, the file at 20/);
  });

  it('that are missing are reported with their path', () => {
    const w = weight({
      name: 'w',
      file: join(folder, 'gone.safetensors'),
      offset: 0,
      length: 16,
      storage: 'float32',
      shape: [2, 2],
    });
    assert.throws(
      () => writeModel({ y: mul(w, 2) }, { executionProvider: 'cpu', precision: 'float32' }),
      /gone\.safetensors/,
    );
  });
});
