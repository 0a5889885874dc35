import assert from 'node:assert/strict';
import type { TrainingSession } from '../../../extension/engine/models/frozenModel';
import { withLossScaling } from '../../../extension/engine/models/lossScaling';

const examples = [{ inputIds: [1], targetIds: [2] }];
const prompt = new Float32Array(2);

/** A session whose gradient is [1, 1e-7] for normaliser 1, in numbers of float16's range. */
function half(scales: number[], largest = 65504): TrainingSession {
  return {
    lossAndGradient(_prompt, _examples, normaliser) {
      scales.push(1 / normaliser);
      const rounded = (x: number): number => (Math.abs(x) > largest ? Infinity : Math.abs(x) < 2 ** -24 ? 0 : x);
      const gradient = Float32Array.from([1, 1e-8].map((each) => rounded(each / normaliser)));
      return Promise.resolve({ loss: 3 / normaliser, gradient });
    },
    release: () => Promise.resolve(),
  };
}

describe('loss scaling', () => {
  it('keeps gradients that float16 would round to zero', async () => {
    const { loss, gradient } = await withLossScaling(half([], 2 ** 17)).lossAndGradient(prompt, examples, 1);
    assert.equal(loss, 3);
    assert.equal(gradient[0], 1);
    assert.ok(Math.abs(gradient[1]! - 1e-8) < 1e-12);
  });

  it('computes a pass that overflows again at half the scale, and stays there', async () => {
    const scales: number[] = [];
    const session = withLossScaling(half(scales, 2 ** 14));
    for (let pass = 0; pass < 2; pass++) {
      const { gradient } = await session.lossAndGradient(prompt, examples, 1);
      assert.equal(gradient[0], 1);
    }
    assert.deepEqual(scales, [2 ** 16, 2 ** 15, 2 ** 14, 2 ** 14]);
  });

  it('doubles the scale after 2000 passes without overflow', async () => {
    const scales: number[] = [];
    const session = withLossScaling(half(scales, 2 ** 20));
    for (let pass = 0; pass <= 2000; pass++) await session.lossAndGradient(prompt, examples, 1);
    assert.deepEqual([scales[1999], scales[2000]], [2 ** 16, 2 ** 17]);
  });

  it('lets a gradient that no scale makes finite be seen, so that tuning ends as diverged', async () => {
    const { gradient } = await withLossScaling(half([], 0.5)).lossAndGradient(prompt, examples, 1);
    assert.equal(gradient[0], Infinity);
  });
});
