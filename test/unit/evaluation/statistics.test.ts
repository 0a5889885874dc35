import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bootstrapIntervals, pairedInterval } from '../../../extension/engine/evaluation/statistics/bootstrap';
import {
  expectedCalibrationError,
  logLoss,
  reliability,
} from '../../../extension/engine/evaluation/statistics/calibration';
import { classScores, confusionMatrix, matthews } from '../../../extension/engine/evaluation/statistics/confusion';
import {
  disagreement,
  majorityVote,
  meanProbabilities,
} from '../../../extension/engine/evaluation/statistics/ensemble';
import { mcnemar } from '../../../extension/engine/evaluation/statistics/mcnemar';
import { normalisedAnswer, sameAnswer, tokenF1 } from '../../../extension/engine/evaluation/statistics/squad';

/** Written by test/oracles/evaluation.py. */
interface Expected {
  readonly cases: readonly {
    readonly name: string;
    readonly classes: number;
    readonly targets: readonly number[];
    readonly predicted: readonly number[];
    readonly confusion: readonly (readonly number[])[];
    readonly perClass: readonly { precision: number; recall: number; f1: number; support: number }[];
    readonly matthews: number;
    readonly probabilities: readonly (readonly number[])[];
    readonly logLoss: number;
  }[];
  readonly mcnemar: readonly { readonly first: number; readonly second: number; readonly p: number }[];
  readonly bootstrap: { readonly correct: readonly number[]; readonly low: number; readonly high: number };
}
const expected = JSON.parse(readFileSync('test/fixtures/evaluation/statistics.json', 'utf8')) as Expected;
/** Written by test/oracles/squad.py. */
const squad = JSON.parse(readFileSync('test/fixtures/evaluation/squad.json', 'utf8')) as {
  readonly cases: readonly {
    readonly predicted: string;
    readonly target: string;
    readonly normalised: string;
    readonly exactMatch: number;
    readonly f1: number;
  }[];
};
const close = (actual: number, wanted: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(actual - wanted) <= tolerance, `${actual} is not ${wanted}`);

describe('the statistics of a classification', () => {
  for (const each of expected.cases) {
    it(`are scikit-learn's: ${each.name}`, () => {
      const outcomes = each.targets.map((target, index) => ({ target, predicted: each.predicted[index]! }));
      const confusion = confusionMatrix(outcomes, each.classes);
      assert.deepEqual(confusion, each.confusion);
      for (const [index, scores] of classScores(confusion).entries()) {
        const wanted = each.perClass[index]!;
        close(scores.precision, wanted.precision);
        close(scores.recall, wanted.recall);
        close(scores.f1, wanted.f1);
        assert.equal(scores.support, wanted.support);
      }
      close(matthews(confusion), each.matthews);
      close(logLoss(each.targets.map((target, index) => each.probabilities[index]![target]!)), each.logLoss, 1e-10);
    });
  }

  it('give a correlation of 0 where one class is all there is', () => {
    assert.equal(matthews(confusionMatrix([{ target: 0, predicted: 0 }], 2)), 0);
  });
});

describe('calibration', () => {
  it('is perfect where as many come true as were promised', () => {
    const half = [true, false].map((right) => ({ confidence: 0.5, right }));
    assert.equal(expectedCalibrationError(reliability(half)), 0);
  });

  it('weighs each bin by its examples', () => {
    const sure = Array.from({ length: 3 }, () => ({ confidence: 1, right: true }));
    const bins = reliability([...sure, { confidence: 0.8, right: false }]);
    assert.deepEqual(
      bins.filter(({ count }) => count > 0).map(({ from, count }) => [from, count]),
      [
        [0.7, 1],
        [0.9, 3],
      ],
    );
    close(expectedCalibrationError(bins), 0.2);
  });
});

describe('McNemar', () => {
  for (const { first, second, p } of expected.mcnemar) {
    it(`is scipy's exact test for ${first} against ${second}`, () => {
      close(mcnemar(first, second), p, 1e-9);
      close(mcnemar(second, first), p, 1e-9);
    });
  }
});

describe('the bootstrap', () => {
  const { correct, low, high } = expected.bootstrap;
  const accuracy = (times: Uint16Array): { accuracy: number } => ({
    accuracy: correct.reduce((sum, right, index) => sum + right * times[index]!, 0) / correct.length,
  });

  it("gives scipy's interval within the noise of its draws", () => {
    const [from, to] = bootstrapIntervals(correct.length, accuracy, { seed: 1, draws: 5000 }).accuracy;
    close(from, low, 0.007);
    close(to, high, 0.007);
  });

  it('is the same for the same seed and another for another', () => {
    const intervals = [3, 3, 4].map(
      (seed) => bootstrapIntervals(correct.length, accuracy, { seed, draws: 37 }).accuracy,
    );
    assert.deepEqual(intervals[0], intervals[1]);
    assert.notDeepEqual(intervals[0], intervals[2]);
  });

  it('of paired differences is narrower than what separate draws would give', () => {
    // The two predictors differ on three examples only, all of them won by the first.
    const differences = correct.map((_, index): number => (index < 3 ? 1 : 0));
    const [from, to] = pairedInterval(differences, { seed: 0 });
    assert.ok(from >= 0 && to < 0.03, `${from} to ${to}`);
  });
});

describe('an ensemble', () => {
  it('goes with the majority', () => {
    assert.equal(
      majorityVote([
        [0.9, 0.1],
        [0.4, 0.6],
        [0.45, 0.55],
      ]),
      1,
    );
  });
  it('breaks a tie by the summed probability', () => {
    assert.equal(
      majorityVote([
        [0.9, 0.1],
        [0.4, 0.6],
      ]),
      0,
    );
    assert.equal(
      majorityVote([
        [0.6, 0.4],
        [0.1, 0.9],
      ]),
      1,
    );
  });
  it('can follow the mean of the probabilities against the majority', () => {
    const members = [
      [0.99, 0.01],
      [0.45, 0.55],
      [0.45, 0.55],
    ];
    const [first, second] = meanProbabilities(members) as [number, number];
    assert.ok(first > second);
    assert.equal(majorityVote(members), 1);
  });
  it('tells how many of its members say something else', () => {
    assert.equal(
      disagreement([
        [1, 0],
        [1, 0],
        [0, 1],
        [1, 0],
      ]),
      0.25,
    );
  });
});

describe('SQuAD answers', () => {
  it('are compared without case, punctuation, articles and double spaces', () => {
    assert.equal(normalisedAnswer('  The  Eiffel Tower, (Paris)! '), 'eiffel tower paris');
    assert.equal(normalisedAnswer("an American's theatre"), 'americans theatre');
    assert.ok(sameAnswer('the Denver Broncos.', 'Denver Broncos'));
    assert.ok(!sameAnswer('Denver', 'Denver Broncos'));
  });
  it('are compared in every script as the Python scripts compare them', () => {
    for (const { predicted, target, normalised, exactMatch, f1 } of squad.cases) {
      const pair = JSON.stringify([predicted, target]);
      assert.equal(normalisedAnswer(predicted), normalised, pair);
      assert.equal(Number(sameAnswer(predicted, target)), exactMatch, pair);
      // torchmetrics computes in float32.
      close(tokenF1(predicted, target), f1, 1e-7);
    }
  });
  it('share words as often as both have them', () => {
    close(tokenF1('Denver Broncos', 'the Denver Broncos'), 1);
    close(tokenF1('Santa Clara, California', "Levi's Stadium in Santa Clara California"), 6 / 9);
    close(tokenF1('no no no', 'no'), 0.5);
    assert.equal(tokenF1('', ''), 1);
    assert.equal(tokenF1('the', 'gold'), 0);
  });
});
