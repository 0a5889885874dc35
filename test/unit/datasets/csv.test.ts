import * as assert from 'node:assert/strict';
import { doubtText, rejectionText } from '../../../extension/engine/datasets/dataset';
import type { Dataset } from '../../../extension/engine/datasets/dataset';
import { readDataset } from '../../../extension/engine/datasets/readers';
import { removeWritten, written } from './files';

afterEach(removeWritten);

async function csv(
  text: string,
  name = 'a.csv',
): Promise<{ rows: unknown[]; notes: Dataset['notes']; doubts: string[]; rejected: string[] }> {
  const { rows, notes, doubts, rejected } = await readDataset(written(name, text));
  return {
    rows: rows.map(({ row, values }) => [row, ...Object.values(values)]),
    notes,
    doubts: doubts.map(doubtText),
    rejected: rejected.map(rejectionText),
  };
}

describe('a quote in a CSV file', () => {
  const asText = (rows: string): string =>
    `a.csv: a quote that opens a cell is read as text, since it does not close the way quotes do (${rows}).`;

  it('that closes in the middle of a later cell merges no rows', async () => {
    assert.deepEqual(await csv('text,label\n"A 17 inch one,1\nb,0\nc,1\nThe 21" one,0\nd,1\n'), {
      rows: [
        [2, '"A 17 inch one', '1'],
        [3, 'b', '0'],
        [4, 'c', '1'],
        [5, 'The 21" one', '0'],
        [6, 'd', '1'],
      ],
      notes: [],
      doubts: [asText('row 2')],
      rejected: [],
    });
  });

  it('that closes at the end of a later cell merges no rows where the other rows say that they are rows', async () => {
    const { rows, doubts } = await csv('text,label\n"A 17 inch one,1\nb,0\nThe 21",0\nc,1\nd,0\n');
    assert.deepEqual(rows.slice(0, 3), [
      [2, '"A 17 inch one', '1'],
      [3, 'b', '0'],
      [4, 'The 21"', '0'],
    ]);
    assert.equal(rows.length, 5);
    assert.deepEqual(doubts, [asText('row 2')]);
  });

  it('that never closes leaves the other rows as they are', async () => {
    assert.deepEqual(await csv('text,label\na,1\n"b,0\nc,1\n'), {
      rows: [
        [2, 'a', '1'],
        [3, '"b', '0'],
        [4, 'c', '1'],
      ],
      notes: [],
      doubts: [asText('row 3')],
      rejected: [],
    });
  });

  it('that does not close rejects its line, with the reason, where the line alone is no row', async () => {
    const { rows, rejected } = await csv('text,label\n"first line\nHe said "no", twice\na,1\nb,0\n');
    assert.deepEqual(rows, [
      [4, 'a', '1'],
      [5, 'b', '0'],
    ]);
    assert.deepEqual(rejected, [
      'a.csv:2: has a quote that opens a cell and is closed in the middle of a cell, on line 3. Close it, or double it if it belongs to the text.',
      'a.csv:3: may belong to the cell whose quote opens on line 2: its cells are unlike those of the other rows',
    ]);
  });

  it('is named by its row where lines could be rows of their own and nothing tells', async () => {
    const { rows, doubts } = await csv('text,topic\n"red,green\nblue,sky",colour\n"one,two\nthree",number\n');
    assert.deepEqual(rows, [
      [2, 'red,green\nblue,sky', 'colour'],
      [4, 'one,two\nthree', 'number'],
    ]);
    assert.deepEqual(doubts, [
      'a.csv: a quoted cell runs over lines that each look like a row of their own; it is read as one row (row 4).',
    ]);
  });

  it('behind which a cell goes on is kept, and that is said', async () => {
    const { rows, doubts } = await csv('text,label\n"Great" film,0\n"Fine, really" so,1\n');
    assert.deepEqual(rows, [
      [2, '"Great" film', '0'],
      [3, '"Fine, really" so', '1'],
    ]);
    assert.deepEqual(doubts, [
      'a.csv: a quoted cell goes on behind its closing quote and keeps its quotes (rows 2, 3).',
    ]);
  });

  it('is escaped by a backslash only where the whole file is the better for it', async () => {
    const escaped = await csv('text,label\n"He said \\"hi\\", ok",1\n"b \\\\",0\n');
    assert.deepEqual(escaped.rows, [
      [2, 'He said "hi", ok', '1'],
      [3, 'b \\', '0'],
    ]);
    assert.deepEqual(escaped.notes, ['a backslash makes the quote or separator behind it part of the text']);
    assert.deepEqual(await csv('path,label\n"C:\\",1\n"D:\\a\\",0\n'), {
      rows: [
        [2, 'C:\\', '1'],
        [3, 'D:\\a\\', '0'],
      ],
      notes: [],
      doubts: [],
      rejected: [],
    });
  });
});

describe("Excel's first line", () => {
  for (const [line, separator, said] of [
    ['sep=;', ';', '";"'],
    ['SEP=,', ',', '","'],
    ['"sep=|"', '|', '"|"'],
    ['sep=\t', '\t', 'tabs'],
    ['sep=\\t', '\t', 'tabs'],
    ['\uFEFFsep=^', '^', '"^"'],
  ] as const) {
    it(`names the separator and is no header: ${JSON.stringify(line)}`, async () => {
      for (const name of ['a.csv', 'a.tsv']) {
        const { rows, notes } = await csv(`${line}\r\ntext${separator}label\r\nfine${separator}1\r\n`, name);
        assert.deepEqual(rows, [[3, 'fine', '1']]);
        assert.deepEqual(notes, [`the first line names the separator, ${said}`]);
      }
    });
  }
});
