import * as assert from 'node:assert/strict';
import { curveOf, thinned } from '../../../extension/runs/curve';
import { stepEntry } from './records';

describe('curves', () => {
  it('of few points are kept as they are', () => {
    assert.deepEqual(thinned([3, 1, 2], 3), [0, 1, 2]);
    assert.deepEqual(thinned([], 10), []);
  });

  it('are thinned to at most the points asked for, with the ends and every extreme', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => Math.sin(index / 50));
    values[1234] = 100;
    values[4321] = -100;
    for (const most of [2, 3, 10, 101, 2000]) {
      const kept = thinned(values, most);
      assert.ok(kept.length <= most, `${kept.length} of ${most}`);
      assert.deepEqual([kept[0], kept.at(-1)], [0, 9999]);
      assert.deepEqual(
        kept,
        kept.toSorted((a, b) => a - b),
      );
      if (most >= 10) assert.ok(kept.includes(1234) && kept.includes(4321));
    }
  });

  it('hold the loss of every step and all evaluations', () => {
    const evaluation = { type: 'evaluation', step: 50, split: 'dev', scores: { accuracy: 0.5 }, seconds: 1 } as const;
    const steps = Array.from({ length: 100 }, (_, index) => stepEntry(index + 1));
    const curve = curveOf([...steps.slice(0, 50), evaluation, ...steps.slice(50)], 20);
    assert.ok(curve.steps.length <= 20 && curve.steps.length === curve.loss.length);
    assert.deepEqual([curve.steps[0], curve.steps.at(-1)], [1, 100]);
    assert.equal(curve.loss.at(-1), 1 / 100);
    assert.deepEqual(curve.evaluations, [{ step: 50, split: 'dev', scores: { accuracy: 0.5 } }]);
  });
});
