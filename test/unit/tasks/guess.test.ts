import * as assert from 'node:assert/strict';
import { guessTasks } from '../../../extension/engine/tasks/guess';
import { taskExamples } from '../../../extension/engine/tasks/examples';
import { dataset } from './builders';

/** 40 rows; `columns` tells the text of each by the number of the row. */
function rows(columns: Readonly<Record<string, (index: number) => string>>): Record<string, string>[] {
  return Array.from({ length: 40 }, (_, index) =>
    Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, value(index)])),
  );
}
const sentence = (index: number): string => `This is review number ${index}, and it is long enough to be one.`;
const among =
  (...values: string[]) =>
  (index: number): string =>
    values[index % values.length]!;

describe('the guessed task', () => {
  it('of reviews with 0 and 1 is their sentiment', () => {
    const [task] = guessTasks(dataset(rows({ id: String, text: sentence, label: among('1', '0') })));
    assert.deepEqual(task, {
      template: 'review: {text} sentiment:',
      label: { column: 'label', words: { '0': 'negative', '1': 'positive' } },
    });
  });

  it('of 0 and 1 without a hint shows the values themselves', () => {
    const data = dataset(rows({ text: sentence, label: among('1', '0') }), { file: 'data.csv' });
    assert.deepEqual(guessTasks(data)[0], {
      template: 'text: {text} label:',
      label: { column: 'label', words: { '0': '0', '1': '1' } },
    });
  });

  it('takes the names of the classes that the file tells', () => {
    const labelNames = { label: ['World', 'sci_tech'] };
    const data = dataset(rows({ text: sentence, label: among('0', '1') }), { file: 'news.parquet', labelNames });
    assert.deepEqual(guessTasks(data)[0]!.label!.words, { '0': 'World', '1': 'sci tech' });
  });

  it('has one class for the spellings of a number, and its name', () => {
    const labelNames = { label: ['World', 'Sports'] };
    const data = dataset(rows({ text: sentence, label: among('0.0', '1', '1.0', '1.0') }), { labelNames });
    assert.deepEqual(guessTasks(data)[0]!.label!.words, { '0.0': 'World', '1.0': 'Sports' });
  });

  it('takes values that are words as they are', () => {
    const data = dataset(rows({ kind: among('plant', 'animal', 'body_part'), definition: sentence }), {
      file: 'topics.jsonl',
    });
    assert.deepEqual(guessTasks(data)[0], {
      template: 'definition: {definition} kind:',
      label: { column: 'kind', words: { animal: 'animal', body_part: 'body part', plant: 'plant' } },
    });
  });

  it('prefers a column that is named like a label to other columns with few values', () => {
    const data = dataset(rows({ source: among('web', 'mail'), text: sentence, category: among('a', 'b', 'c', 'd') }));
    assert.deepEqual(
      guessTasks(data).map(({ label }) => label?.column),
      ['category', 'source'],
    );
  });

  it('of a pair of texts uses both, in their usual order', () => {
    const pair = {
      hypothesis: sentence,
      premise: (index: number) => `${sentence(index)} Indeed!`,
      label: among('yes', 'no'),
    };
    assert.equal(guessTasks(dataset(rows(pair)))[0]!.template, 'premise: {premise} hypothesis: {hypothesis} label:');
    const numbered = { sentence1: sentence, sentence2: sentence, label: among('1', '0') };
    assert.equal(
      guessTasks(dataset(rows(numbered), { file: 'x.csv' }))[0]!.template,
      'sentence1: {sentence1} sentence2: {sentence2} label:',
    );
  });

  it('without a label column is free text', () => {
    const data = dataset(rows({ question: (index) => `What about ${index}?`, answer: sentence }), { file: 'qa.jsonl' });
    assert.deepEqual(guessTasks(data), [{ template: 'question: {question} answer:', target: 'answer' }]);
  });

  it('is none where nothing can be a target', () => {
    assert.deepEqual(guessTasks(dataset(rows({ text: sentence }))), []);
    assert.deepEqual(guessTasks(dataset(rows({ id: String, label: among('a', 'b') }))), []);
  });

  it('never takes an identifier or a number for a text', () => {
    const data = dataset(
      rows({
        url: (index) => `https://example.org/${index}/${'x'.repeat(99)}`,
        user_id: String,
        text: sentence,
        label: among('a', 'b'),
      }),
    );
    assert.equal(guessTasks(data)[0]!.template, 'text: {text} label:');
  });

  it('always fits its own data', () => {
    const data = dataset(
      rows({
        text: sentence,
        label: among('neg', 'pos'),
        stars: among('1', '2', '3'),
        title: (index) => `Title ${index}`,
      }),
    );
    const tasks = guessTasks(data);
    assert.ok(tasks.length >= 2);
    for (const task of tasks) assert.deepEqual(taskExamples(data, task).rejected, []);
    assert.deepEqual(tasks[0]!.label!.words, { neg: 'negative', pos: 'positive' });
  });
});
