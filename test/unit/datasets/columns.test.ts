import * as assert from 'node:assert/strict';
import { percentile, summarizeColumns } from '../../../extension/engine/datasets/columns';
import { readDataset } from '../../../extension/engine/datasets/readers';
import { removeWritten, written } from './files';

afterEach(removeWritten);

describe('the summary of a column', () => {
  it('counts what is there, not what is empty', async () => {
    const lines = [
      { text: 'one', label: 'a', note: null },
      { text: ' three ', label: 'b', note: '' },
      { text: 'x'.repeat(300), label: 'a' },
      { text: '', label: 'a', note: 'n' },
    ];
    const file = written('a.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    const [text, label, note] = summarizeColumns(await readDataset(file));
    assert.deepEqual([text!.distinct, text!.filled, text!.medianCharacters], [3, 3, 5]);
    assert.deepEqual(text!.examples.slice(0, 2), ['one', 'three']);
    assert.deepEqual([text!.examples[2]!.length, text!.examples[2]!.at(-1)], [200, '…']);
    assert.deepEqual(
      [...label!.counts!],
      [
        ['a', 3],
        ['b', 1],
      ],
    );
    assert.deepEqual([note!.distinct, note!.filled], [1, 1]);
  });
});

describe('a percentile', () => {
  it('is the nearest rank', () => {
    const values = [15, 20, 35, 40, 50];
    assert.deepEqual(
      [0.05, 0.3, 0.4, 0.5, 1].map((share) => percentile(values, share)),
      [15, 20, 20, 35, 50],
    );
    assert.equal(percentile([], 0.5), 0);
  });
});
