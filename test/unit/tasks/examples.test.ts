import * as assert from 'node:assert/strict';
import { rejectionText } from '../../../extension/engine/datasets/dataset';
import { taskExamples } from '../../../extension/engine/tasks/examples';
import { TaskError } from '../../../extension/engine/tasks/task';
import type { Task } from '../../../extension/engine/tasks/task';
import { dataset } from './builders';

const sentiment: Task = {
  template: 'review: {text} sentiment:',
  label: { column: 'label', words: { '0': 'negative', '1': 'positive' } },
};

describe('the examples of a task', () => {
  it('are the filled template and the label words', () => {
    const { examples, rejected } = taskExamples(dataset([{ text: ' Fine. ', label: '1', id: '7' }]), sentiment);
    assert.deepEqual(examples, [
      {
        file: '/data/reviews.csv',
        row: 1,
        values: { text: 'Fine.' },
        input: 'review: Fine. sentiment:',
        target: 'positive',
        label: '1',
      },
    ]);
    assert.deepEqual(rejected, []);
  });

  it('leave out rows without a text or with a label that is not listed, with file, row and what to do', () => {
    const data = dataset([
      { text: 'a', label: '1' },
      { text: ' ', label: '1' },
      { label: '1' },
      { text: 'b', label: '' },
      { text: 'c' },
      { text: 'd', label: 'postive' },
      { text: 'e', label: ' 0 ' },
    ]);
    const { examples, rejected } = taskExamples(data, sentiment, '/data/reviews.tune.json');
    assert.deepEqual(
      examples.map(({ row }) => row),
      [1, 7],
    );
    assert.deepEqual(rejected.map(rejectionText), [
      'reviews.csv:2: column "text" is empty',
      'reviews.csv:3: column "text" is empty',
      'reviews.csv:4: label column "label" is empty',
      'reviews.csv:5: label column "label" is empty',
      'reviews.csv:6: label "postive" is not one of the labels "0", "1". Correct the row, or add the label to "words" in reviews.tune.json.',
    ]);
  });

  it('leave out a row for a fault only in a column that the task reads', () => {
    const data = dataset([
      { text: 'a', label: '1', id: 'x' },
      { text: 'b', label: '1', id: 'y' },
    ]);
    const rows = data.rows.map((row, index) => ({ ...row, faults: { [index === 0 ? 'id' : 'label']: 'is damaged' } }));
    const { examples, rejected } = taskExamples({ ...data, rows }, sentiment);
    assert.deepEqual(
      examples.map(({ row }) => row),
      [1],
    );
    assert.deepEqual(rejected.map(rejectionText), ['reviews.csv:2: is damaged']);
  });

  it('of free text have the target column as it is', () => {
    const data = dataset([
      { question: 'Why?', answer: ' So. ' },
      { question: 'How?', answer: '' },
    ]);
    const { examples, rejected } = taskExamples(data, { template: 'q: {question} a:', target: 'answer' });
    assert.deepEqual(
      examples.map(({ input, target, label }) => [input, target, label]),
      [['q: Why? a:', 'So.', undefined]],
    );
    assert.deepEqual(rejected.map(rejectionText), ['reviews.csv:2: target column "answer" is empty']);
  });

  it('of values with the same words are one class', () => {
    const stars = { column: 'stars', words: { '1': 'bad', '2': 'bad', '5': 'good' } };
    const data = dataset(['1', '2', '5'].map((value) => ({ text: value, stars: value })));
    const { examples } = taskExamples(data, { template: '{text}', label: stars });
    assert.deepEqual(
      examples.map(({ target }) => target),
      ['bad', 'bad', 'good'],
    );
  });

  it('cannot be made of columns that do not exist, and the ones that do are named', () => {
    const data = dataset([{ text: 'a', label: '1' }]);
    const tasks: [Task, RegExp][] = [
      [
        { ...sentiment, template: '{txt}' },
        /^the template names column "txt", which reviews\.csv does not have; it has "text", "label"$/,
      ],
      [{ ...sentiment, label: { ...sentiment.label!, column: 'class' } }, /^the label names column "class"/],
      [{ template: '{text}', target: 'answer' }, /^the target names column "answer"/],
      [{ template: '{constructor}', target: 'text' }, /^the template names column "constructor"/],
    ];
    for (const [task, message] of tasks) {
      assert.throws(
        () => taskExamples(data, task),
        (error) => error instanceof TaskError && message.test(error.message),
      );
    }
  });

  it('need at least two classes and one row that fits', () => {
    const data = dataset([{ text: 'a', label: 'x' }]);
    const one = { ...sentiment, label: { column: 'label', words: { '0': 'same', '1': 'same' } } };
    assert.throws(() => taskExamples(data, one), /at least two different label words, not 1/);
    assert.throws(
      () => taskExamples(data, sentiment),
      /no row of reviews\.csv fits the task; the first problem is row 1: label "x"/,
    );
  });
});
