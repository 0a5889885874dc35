import assert from 'node:assert/strict';
import type { EvaluationRecord, PredictionLine, Predictor, Result } from '../../../extension/protocol/evaluation';
import { type ResultsRequest, resultsOf } from '../../../extension/trainer/jobs/evaluation/results';

const classes = ['no', 'yes'];
const predictor = (id: string, kind: Predictor['kind'] = 'prompt'): Predictor => ({ id, kind, name: id });

function dataset(rows: number): EvaluationRecord['datasets'][number] {
  const task = { template: '{text}', label: { column: 'label', words: { n: 'no', y: 'yes' } } };
  return {
    ...{ name: 'rows', path: '/data/rows.jsonl', sha256: '', part: 'all', rows, task, classes },
    ...{ rejected: [], rejectedCount: 0 },
  };
}

/** What a prompt says of the rows from `first` on: the probability of "yes" of each. */
function said(id: string, yes: readonly number[], first = 0): Map<number, PredictionLine> {
  return new Map(
    yes.map((p, index) => [
      first + index,
      {
        ...{ predictor: id, example: first + index, logProbability: -1, tokens: 1, exact: true },
        ...{ predicted: p > 0.5 ? 'yes' : 'no', probabilities: [1 - p, p] },
      },
    ]),
  );
}

function results(changes: Partial<ResultsRequest>): Result[] {
  const request = {
    ...{ datasets: [dataset(2)], targets: ['no', 'yes'], evaluated: [], answers: new Map(), seed: 0 },
    trainTargets: [],
  };
  return resultsOf({ ...request, ...changes }).results;
}
const accuracyOf = (found: readonly Result[], id: string, of = 0): number | undefined =>
  found.find((each) => each.predictor === id && each.dataset === of)?.scores['accuracy'];

describe('what an evaluation comes to', () => {
  it('has the vote of the prompts and the mean of their probabilities, which may not agree', () => {
    const answers = new Map([
      ['a', said('a', [0.6, 0.6])],
      ['b', said('b', [0.6, 0.9])],
      ['c', said('c', [0.0, 0.9])],
    ]);
    const members = ['a', 'b', 'c'].map((id) => ({ predictor: predictor(id), datasets: [0] }));
    const derived = (['vote', 'mean'] as const).map((id) => ({ predictor: predictor(id, id), datasets: [0] }));
    const found = results({ answers, evaluated: [...members, ...derived] });
    // Two of three say "yes" to the first row, whose mean is 0.4.
    assert.equal(accuracyOf(found, 'vote'), 0.5);
    assert.equal(accuracyOf(found, 'mean'), 1);
    const { disagreement } = found.find((each) => each.predictor === 'vote')!;
    assert.ok(Math.abs(disagreement! - (1 / 3 + 0) / 2) < 1e-12);
  });

  it('has the majority class of the rows that were learned from, not of those that are evaluated', () => {
    const evaluated = [{ predictor: predictor('majority', 'majority'), datasets: [0] }];
    const targets = ['no', 'no', 'yes'];
    const request = { evaluated, targets, datasets: [dataset(3)] };
    assert.ok(
      Math.abs(accuracyOf(results({ ...request, trainTargets: [['yes', 'yes', 'no']] }), 'majority')! - 1 / 3) < 1e-12,
    );
    for (const trainTargets of [[], [[]]])
      assert.ok(Math.abs(accuracyOf(results({ ...request, trainTargets }), 'majority')! - 2 / 3) < 1e-12);
  });

  it('counts the rows of each data set by themselves', () => {
    const answers = new Map([['a', said('a', [0.1, 0.9, 0.9, 0.1])]]);
    const evaluated = [{ predictor: predictor('a'), datasets: [0, 1] }];
    const two = { datasets: [dataset(2), dataset(2)], targets: ['no', 'yes', 'no', 'yes'], trainTargets: [] };
    const found = results({ ...two, answers, evaluated });
    assert.deepEqual([accuracyOf(found, 'a', 0), accuracyOf(found, 'a', 1)], [1, 0]);
  });

  it('tells nothing of a predictor whose rows are not all answered, nor of an ensemble that it is in', () => {
    const answers = new Map([
      ['a', said('a', [0.1, 0.9])],
      ['b', said('b', [0.1])],
    ]);
    const evaluated = [predictor('a'), predictor('b'), predictor('vote', 'vote')].map((each) => ({
      predictor: each,
      datasets: [0],
    }));
    assert.deepEqual(
      results({ answers, evaluated }).map((each) => each.predictor),
      ['a'],
    );
  });

  it('draws its intervals by the seed', () => {
    const answers = new Map([
      [
        'a',
        said(
          'a',
          Array.from({ length: 40 }, (_, row) => (row % 3) / 2),
        ),
      ],
    ]);
    const targets = Array.from({ length: 40 }, (_, row) => classes[row % 2]!);
    const request = {
      answers,
      targets,
      datasets: [dataset(40)],
      evaluated: [{ predictor: predictor('a'), datasets: [0] }],
    };
    const interval = (seed: number): unknown => results({ ...request, seed })[0]!.intervals['log-loss'];
    assert.deepEqual(interval(1), interval(1));
    assert.notDeepEqual(interval(1), interval(2));
  });
});
