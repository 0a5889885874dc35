import * as assert from 'node:assert/strict';
import { rejectionText } from '../../../extension/engine/datasets/dataset';
import { TaskError } from '../../../extension/engine/tasks/task';
import type { Task } from '../../../extension/engine/tasks/task';
import { readTaskData } from '../../../extension/engine/tasks/taskData';
import { removeWritten, written } from '../datasets/files';

afterEach(removeWritten);

const task: Task = { template: '{text}:', label: { column: 'label', words: { a: 'A', b: 'B' } } };
const split = { train: 0.8, dev: 0.1, test: 0.1, seed: 0, stratified: true };

function csv(name: string, rows: readonly string[]): string {
  return written(name, `text,label\n${rows.join('\n')}\n`);
}
const rows = Array.from({ length: 100 }, (_, index) => `text ${index},${index % 2 ? 'a' : 'b'}`);

describe('the data of a task', () => {
  it('is cut from one file, with every row used or rejected', async () => {
    const file = csv('all.csv', [...rows, 'ragged', 'text,c']);
    const data = await readTaskData({ files: { train: file }, split, task });
    assert.deepEqual([data.parts.train.length, data.parts.dev.length, data.parts.test.length], [80, 10, 10]);
    assert.deepEqual(
      data.rejected.map((each) => rejectionText(each).slice(0, 24)),
      ['all.csv:102: has 1 cell ', 'all.csv:103: label "c" i'],
    );
    assert.deepEqual(
      data.files.map(({ path, rows: count }) => [path, count]),
      [[file, 101]],
    );
    assert.deepEqual(data.notes, []);
  });

  it('never evaluates on texts that were learned from, and says what it left out', async () => {
    const train = csv('train.csv', rows);
    const test = csv('test.csv', ['text 3,a', 'unseen,b']);
    const data = await readTaskData({ files: { train, test }, split, task });
    assert.deepEqual(
      data.parts.test.map(({ input }) => input),
      ['text 3:', 'unseen:'],
    );
    assert.equal(data.parts.train.length + data.parts.dev.length, 99);
    assert.deepEqual(
      data.leftOut.train.map(({ file, row }) => [file, row]),
      [[train, 5]],
    );
  });

  it('takes labels of other spellings for the same in every file, and says which', async () => {
    const numbers = { template: '{text}', label: { column: 'label', words: { '1': 'good', '0': 'bad' } } };
    const lines = Array.from({ length: 20 }, (_, index) => JSON.stringify({ text: `row ${index}`, label: index % 2 }));
    const train = written('train.jsonl', lines.join('\n'));
    const dev = csv('dev.csv', ['a,1.0', 'b,0.0', 'c,1', 'd,1.0']);
    const data = await readTaskData({ files: { train, dev }, split, task: numbers });
    assert.deepEqual(
      data.parts.dev.map(({ target, label }) => [target, label]),
      [
        ['good', '1'],
        ['bad', '0'],
        ['good', '1'],
        ['good', '1'],
      ],
    );
    assert.deepEqual(data.rejected, []);
    assert.deepEqual(data.notes, [
      'dev.csv: labels that are spelled otherwise than in the task are read as the same: "1.0" as "1" (2 rows), "0.0" as "0" (1 row).',
    ]);
  });

  it('limits only the part that is learned from, by label', async () => {
    const data = await readTaskData({ files: { train: csv('all.csv', rows) }, split, task, limit: 8 });
    assert.deepEqual(data.parts.train.map(({ target }) => target).sort(), ['A', 'A', 'A', 'A', 'B', 'B', 'B', 'B']);
    assert.deepEqual([data.parts.dev.length, data.parts.test.length], [10, 10]);
  });

  it('without an example to learn from is refused', async () => {
    const files = { train: csv('train.csv', ['x,a']), test: csv('test.csv', ['x,a']) };
    await assert.rejects(readTaskData({ files, split, task }), TaskError);
  });
});
