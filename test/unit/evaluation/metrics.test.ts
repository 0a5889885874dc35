import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { metrics, scoresOf } from '../../../extension/engine/evaluation/metrics/table';
import type { Prediction } from '../../../extension/engine/evaluation/predictions';

interface Case {
  readonly name: string;
  readonly targets: readonly string[];
  readonly predicted: readonly string[];
  readonly accuracy: number;
  readonly 'macro-f1': number;
}
const { cases } = JSON.parse(readFileSync('test/fixtures/evaluation/metrics.json', 'utf8')) as { cases: Case[] };

function prediction(changes: Partial<Prediction>): Prediction {
  return { target: 'yes', logProbability: -1, tokens: 1, exact: false, ...changes };
}

describe('accuracy and macro F1', () => {
  for (const { name, targets, predicted, accuracy, 'macro-f1': macroF1 } of cases) {
    it(`are what scikit-learn computes: ${name}`, () => {
      const scores = scoresOf(targets.map((target, index) => prediction({ target, predicted: predicted[index]! })));
      assert.ok(Math.abs(scores['accuracy']! - accuracy) < 1e-12);
      assert.ok(Math.abs(scores['macro-f1']! - macroF1) < 1e-12);
    });
  }
});

describe('exact match', () => {
  it('is the share of the targets that greedy decoding produces', () => {
    const predictions = [true, false, true, true].map((exact) => prediction({ exact }));
    assert.equal(metrics['exact-match'].value(predictions), 0.75);
  });
});

describe('the loss', () => {
  it('counts every target token once, so that long targets weigh more', () => {
    const predictions = [prediction({ logProbability: -6, tokens: 3 }), prediction({ logProbability: -1, tokens: 1 })];
    assert.equal(metrics.loss.value(predictions), 7 / 4);
  });
});

describe('the scores of predictions', () => {
  it('of free text have no metric of classes', () => {
    assert.deepEqual(scoresOf([prediction({})]), { 'exact-match': 0, loss: 1 });
  });

  it('of nothing are refused', () => {
    assert.throws(() => scoresOf([]), /no example to evaluate on/);
  });
});
