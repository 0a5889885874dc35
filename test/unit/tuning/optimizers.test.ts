import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type OptimizerOptions, createOptimizer } from '../../../extension/engine/tuning/optimizers/table';
import { type Schedule, learningRateFactor } from '../../../extension/engine/tuning/schedule';

interface Case {
  readonly shape: readonly [number, number];
  readonly options: OptimizerOptions;
  /** As torch.optim.lr_scheduler moves the learning rate; constant where it is not given. */
  readonly schedule?: Schedule;
  readonly stride: number;
  readonly after: Readonly<Record<string, { readonly norm: number; readonly values: readonly number[] }>>;
}
// Written by test/oracles/optimizers.py.
const cases = JSON.parse(readFileSync('test/fixtures/tuning/optimizers.json', 'utf8')) as Case[];
const steps = 200;

describe('optimisers', () => {
  for (const each of cases) {
    const { shape, options, schedule } = each;
    const { name, learningRate, ...rest } = options;
    const title =
      `${name} ${learningRate} on [${shape.join(', ')}] ${Object.keys(rest).length ? JSON.stringify(rest) : ''} ${schedule?.name ?? ''}`.trimEnd();

    it(`agree with the float64 reference for ${steps} steps: ${title}`, () => {
      const { worst } = follow(start(shape), each);
      assert.ok(worst < 1e-12, `largest relative difference ${worst}`);
    });

    it(`stay within float32 rounding of it with a float32 prompt: ${title}`, () => {
      const { worst } = follow(Float32Array.from(start(shape)), each);
      assert.ok(worst < 5e-6, `largest relative difference ${worst}`);
    });
  }

  for (const options of [
    { name: 'adafactor', learningRate: 0.3 },
    { name: 'adamw', learningRate: 0.01, weightDecay: 0.01 },
    { name: 'sgd', learningRate: 0.01, nesterov: true },
  ] satisfies OptimizerOptions[]) {
    it(`go on bit for bit from a saved state: ${options.name}`, () => {
      for (const [length, width] of [
        [3, 8],
        [128, 128],
      ] as const) {
        const shape = { length, width };
        const whole = Float32Array.from(start([length, width]));
        const optimizer = createOptimizer(options, shape);
        for (let step = 0; step < 5; step++) optimizer.step(whole, gradient(whole, step), options.learningRate);
        const saved = { prompt: whole.slice(), state: optimizer.state() };
        for (let step = 5; step < 10; step++) optimizer.step(whole, gradient(whole, step), options.learningRate);

        const resumed = createOptimizer(options, shape, saved.state);
        for (let step = 5; step < 10; step++) {
          resumed.step(saved.prompt, gradient(saved.prompt, step), options.learningRate);
        }
        assert.deepEqual(saved.prompt, whole);
        assert.deepEqual(resumed.state(), optimizer.state());
      }
    });
  }

  it('refuse the state of another optimiser or another prompt length', () => {
    const shape = { length: 2, width: 4 };
    const state = createOptimizer({ name: 'sgd', learningRate: 1 }, shape).state();
    assert.throws(() => createOptimizer({ name: 'adamw', learningRate: 1 }, shape, state), /firstMoment/);
    assert.throws(() => createOptimizer({ name: 'sgd', learningRate: 1 }, { length: 3, width: 4 }, state), /8 numbers/);
  });

  it("have the paper's defaults: without a gradient Adafactor only takes away a hundred-thousandth", () => {
    const prompt = new Float64Array(8).fill(1);
    createOptimizer({ name: 'adafactor', learningRate: 0.3 }, { length: 2, width: 4 }).step(
      prompt,
      new Float64Array(8),
      0.3,
    );
    assert.deepEqual(prompt, new Float64Array(8).fill(1 - 1e-5));
  });
});

/** Runs a case and compares at every look: the largest difference of a number, relative to the prompt's root mean square. */
function follow(
  prompt: Float32Array | Float64Array,
  { shape, options, schedule = { name: 'constant' }, stride, after }: Case,
): { worst: number } {
  const optimizer = createOptimizer(options, { length: shape[0], width: shape[1] });
  let worst = 0;
  for (let step = 0; step < steps; step++) {
    const learningRate = options.learningRate * learningRateFactor(schedule, step, steps);
    optimizer.step(prompt, gradient(prompt, step), learningRate);
    const look = after[String(step + 1)];
    if (!look) continue;
    const scale = look.norm / Math.sqrt(prompt.length);
    for (const [index, value] of look.values.entries()) {
      worst = Math.max(worst, Math.abs(prompt[index * stride]! - value) / scale);
    }
  }
  return { worst };
}

/** The same formulas as in test/oracles/optimizers.py. */
function noise(step: number, index: number): number {
  let x = (Math.imul(step, 2654435761) + Math.imul(index, 40503)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32 - 0.5;
}
function start([length, width]: readonly [number, number]): Float64Array {
  return Float64Array.from({ length: length * width }, (_, index) => noise(12345, index) * 2);
}
function gradient(prompt: Float32Array | Float64Array, step: number): Float64Array {
  return Float64Array.from(
    prompt,
    (value, index) => (1 / (1 + (index % 7))) * value + noise(step, index) * 10 ** (2 - (step % 5)),
  );
}
