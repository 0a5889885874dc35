import * as assert from 'node:assert/strict';
import { clipGradient, norm } from '../../../extension/engine/tuning/gradientClipping';
import { type Schedule, learningRateFactor } from '../../../extension/engine/tuning/schedule';

const factors = (schedule: Schedule, total: number): number[] =>
  Array.from({ length: total }, (_, step) => learningRateFactor(schedule, step, total));

describe('learning rate schedules', () => {
  it('constant stays at the full learning rate', () => {
    assert.deepEqual(factors({ name: 'constant' }, 4), [1, 1, 1, 1]);
  });

  it('warm-up rises linearly to the full learning rate, spends no step on zero, and stays', () => {
    assert.deepEqual(factors({ name: 'warm-up', warmUpSteps: 4 }, 6), [0.25, 0.5, 0.75, 1, 1, 1]);
  });

  it('linear falls from full to one share above zero, after a warm-up when there is one', () => {
    assert.deepEqual(factors({ name: 'linear' }, 4), [1, 0.75, 0.5, 0.25]);
    assert.deepEqual(factors({ name: 'linear', warmUpSteps: 2 }, 6), [0.5, 1, 1, 0.75, 0.5, 0.25]);
  });

  it('cosine passes one half in the middle and never goes below zero', () => {
    const found = factors({ name: 'cosine' }, 10);
    assert.equal(found[0], 1);
    assert.ok(Math.abs(found[5]! - 0.5) < 1e-12);
    assert.ok(found.every((value, step) => value > 0 && (step === 0 || value < found[step - 1]!)));
    assert.equal(learningRateFactor({ name: 'cosine' }, 20, 10), 0);
  });

  it('a warm-up longer than the run ends with the run', () => {
    assert.deepEqual(factors({ name: 'cosine', warmUpSteps: 100 }, 3), [0.01, 0.02, 0.03]);
  });
});

describe('gradient clipping', () => {
  it('scales a longer gradient to the threshold and keeps its direction', () => {
    const gradient = Float64Array.of(3, 4);
    assert.equal(clipGradient(gradient, 1), 5);
    assert.ok(Math.abs(norm(gradient) - 1) < 1e-15);
    assert.ok(Math.abs(gradient[0]! / gradient[1]! - 3 / 4) < 1e-15);
  });

  it('leaves a shorter gradient, and any gradient without a threshold, as it is', () => {
    const gradient = Float64Array.of(3, 4);
    assert.equal(clipGradient(gradient, 5), 5);
    assert.equal(clipGradient(gradient, undefined), 5);
    assert.deepEqual(gradient, Float64Array.of(3, 4));
  });

  it('leaves an infinite gradient infinite, so that the loop sees it', () => {
    const gradient = Float64Array.of(1, Infinity);
    assert.equal(clipGradient(gradient, 1), Infinity);
    assert.deepEqual(gradient, Float64Array.of(1, Infinity));
  });
});
