import assert from 'node:assert/strict';
import { type EvaluationAnswers, requestOf } from '../../../extension/editor/evaluateDataset/evaluationAnswers';
import { evaluationRequestSchema } from '../../../extension/protocol/evaluation';

const task = { template: 'Review: {text}', label: { column: 'label', words: { neg: 'bad', pos: 'good' } } };
const answers = (changes: Partial<EvaluationAnswers> = {}): EvaluationAnswers => ({
  datasets: [{ dataSet: '/data/reviews.jsonl', task }],
  candidates: [],
  prompts: ['/runs/a', '/runs/b'],
  comparisons: ['ensemble', 'majority'],
  ...{ shots: 4, seeds: 3 },
  ...changes,
});

describe('what the questions of Evaluate Dataset come to', () => {
  it('is a request that the trainer takes, with the task as it was shown', () => {
    const request = requestOf(answers(), '/data');
    assert.deepEqual(evaluationRequestSchema.parse(request), request);
    assert.deepEqual(request.datasets, [{ file: '/data/reviews.jsonl', task }]);
    assert.deepEqual([request.ensemble, request.baselines, request.method], [true, ['majority'], 'rank']);
  });

  it('has no ensemble of one prompt', () => {
    assert.equal(requestOf(answers({ prompts: ['/runs/a'] }), '/data').ensemble, false);
  });

  it('names the frozen model only where no prompt tells it', () => {
    assert.equal(requestOf(answers({ model: 'bundled' }), '/data').model, undefined);
    assert.equal(requestOf(answers({ model: 'bundled', prompts: [] }), '/data').model, 'bundled');
  });

  it('leaves the text prompt to each data set, unless it was changed', () => {
    assert.equal(requestOf(answers({ textPrompt: task.template }), '/data').textPrompt, undefined);
    assert.equal(requestOf(answers({ textPrompt: 'Say: {text}' }), '/data').textPrompt, 'Say: {text}');
  });

  it('is the one of the last time where that was chosen', () => {
    const same = requestOf(answers({ sample: 100 }), '/data');
    assert.equal(requestOf(answers({ same, comparisons: [] }), '/elsewhere'), same);
  });
});
