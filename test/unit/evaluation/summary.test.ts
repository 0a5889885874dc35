import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Answer, compare, scoresOf, summarize } from '../../../extension/engine/evaluation/summary';

const options = { seed: 0, draws: 200 };
const words = ['no', 'yes'];
/** Sure answers: the probability of the predicted class is 0.9. */
const answer = (predicted: string): Answer => ({
  predicted,
  probabilities: words.map((each) => (each === predicted ? 0.9 : 0.1)),
  logProbability: -2,
  tokens: 2,
  exact: false,
});

describe('the summary of a classification', () => {
  const targets = ['yes', 'yes', 'no', 'no'];
  const answers = ['yes', 'no', 'no', 'no'].map(answer);

  it('has every metric that the answers allow, and intervals around them', () => {
    const { rows, scores, intervals, confusion } = summarize(targets, answers, words, options);
    assert.equal(rows, 4);
    assert.deepEqual(Object.keys(scores).sort(), [
      ...['accuracy', 'ece', 'exact-match', 'log-loss', 'loss', 'macro-f1', 'matthews'],
    ]);
    assert.equal(scores['accuracy'], 0.75);
    assert.equal(scores['loss'], 1);
    assert.ok(Math.abs(scores['ece']! - 0.15) < 1e-12);
    assert.deepEqual(confusion, [
      [2, 0, 0],
      [1, 1, 0],
    ]);
    for (const [metric, [low, high]] of Object.entries(intervals)) {
      assert.ok(low <= scores[metric]! && scores[metric]! <= high, metric);
    }
    assert.ok(intervals['accuracy']![1] > intervals['accuracy']![0]);
  });

  it('has the macro F1 of scikit-learn also for classes that only one side knows', () => {
    const file = readFileSync('test/fixtures/evaluation/metrics.json', 'utf8');
    const { cases } = JSON.parse(file) as {
      cases: { targets: string[]; predicted: string[]; accuracy: number; 'macro-f1': number }[];
    };
    const names = ['animal', 'body', 'food', 'plant', 'person', 'place'];
    for (const each of cases) {
      const said = each.predicted.map((predicted) => ({ predicted }));
      const { scores } = summarize(each.targets, said, names, { seed: 0, draws: 2 });
      assert.ok(Math.abs(scores['macro-f1']! - each['macro-f1']) < 1e-12);
      assert.ok(Math.abs(scores['accuracy']! - each.accuracy) < 1e-12);
    }
  });

  it('counts outputs that are none of the label words', () => {
    const said = ['yes', null, 'no', null].map((predicted) => ({ predicted, text: predicted ?? 'maybe' }));
    const { scores, confusion } = summarize(targets, said, words, options);
    assert.equal(scores['illegal'], 0.5);
    assert.deepEqual(
      confusion!.map((row) => row[2]),
      [1, 1],
    );
  });
});

describe('the summary of free text', () => {
  it('counts every target token once in the loss, so that long targets weigh more', () => {
    const said = [
      { logProbability: -6, tokens: 3, exact: true },
      { logProbability: -1, tokens: 1, exact: false },
    ];
    assert.deepEqual(scoresOf(['a', 'b'], said, undefined), { loss: 7 / 4, 'exact-match': 0.5 });
  });

  it('compares answers as SQuAD does', () => {
    const said = ['the Broncos.', 'Denver'].map((text) => ({ text }));
    const { scores } = summarize(['Broncos', 'Denver Broncos'], said, undefined, options);
    assert.equal(scores['exact-match'], 0.5);
    assert.ok(Math.abs(scores['token-f1']! - (1 + 2 / 3) / 2) < 1e-12);
  });

  it('of no rows is refused', () => {
    assert.throws(() => summarize([], [], undefined, options), /no example to evaluate on/);
  });
});

describe('the comparison of two predictors', () => {
  it('tells the difference, its interval and how likely it is by chance', () => {
    const targets = Array.from({ length: 40 }, (_, index) => words[index % 2]!);
    const right = targets.map(answer);
    const worse = targets.map((target, index) => answer(index < 10 ? (target === 'yes' ? 'no' : 'yes') : target));
    const accuracy = compare(targets, right, worse, words, options).find(({ metric }) => metric === 'accuracy')!;
    assert.equal(accuracy.difference, 0.25);
    assert.ok(Math.abs(accuracy.p! - 2 ** -9) < 1e-12);
    assert.ok(accuracy.interval[0] > 0 && accuracy.interval[1] < 0.5);
    const same = compare(targets, right, right, words, options);
    assert.ok(same.every(({ difference }) => difference === 0));
  });
});
