import assert from 'node:assert/strict';
import type { Row } from '../../../extension/engine/datasets/dataset';
import type { Entry } from '../../../extension/engine/datasets/entry';
import { seededRandom } from '../../../extension/engine/datasets/random';
import { type OpenDataset, readHead } from '../../../extension/engine/datasets/readers';
import { exampleOf } from '../../../extension/engine/tasks/examples';
import { TaskError } from '../../../extension/engine/tasks/task';
import { type ChosenRows, type RowChoice, chooseRows } from '../../../extension/trainer/jobs/evaluation/chosenRows';

const task = { template: '{text}:', target: 'answer' };

/** A data set of so many rows that is made while it is read. */
function made(rows: number, text: (row: number) => string): OpenDataset {
  async function* entries(): AsyncGenerator<Entry> {
    for (let row = 1; row <= rows; row++) {
      // Readers wait for the disk now and then.
      if (row % 1000 === 0) await new Promise(setImmediate);
      yield { type: 'row', row, values: { text: text(row), answer: row % 10 === 0 ? '' : 'a' } };
    }
  }
  return { file: '/data/made.jsonl', sha256: '', entries };
}

async function choose(open: OpenDataset, choice: Partial<RowChoice> = {}): Promise<ChosenRows> {
  const head = await readHead(open, 100_000);
  const all = { cut: undefined, only: undefined, sample: undefined, random: seededRandom(0, 'test') };
  return chooseRows(open, head, exampleOf(head, task), { ...all, ...choice });
}
const numbers = (rows: readonly { readonly row: Row }[]): number[] => rows.map(({ row }) => row.row);

describe('the rows that are evaluated', function () {
  this.timeout(60_000);

  it('are drawn from a file that is larger than memory without holding it', async () => {
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    const filler = 'x'.repeat(2000);
    const open = made(500_000, (row) => {
      if (row % 1000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
      // Of its own, not a string that others share: a gigabyte of them.
      return Buffer.from(`${row} ${filler}`).toString('latin1');
    });
    const { rows, rejectedCount } = await choose(open, { sample: 100 });
    assert.equal(rows.length, 100);
    assert.equal(rejectedCount, 50_000);
    // What is not collected yet counts too.
    assert.ok(most < 600e6, `${Math.round(most / 1e6)} MB`);
    const picked = numbers(rows);
    assert.ok(picked.some((row) => row > 400_000) && picked.some((row) => row < 100_000), String(picked));
    assert.ok(rows.every(({ row, example }) => example.input === `${row.values['text']!}:`));
  });

  it('are all that can be used where no sample is asked for, in their order', async () => {
    const { rows, rejected, rejectedCount } = await choose(made(15_000, (row) => `row ${row}`));
    assert.equal(rows.length, 13_500);
    assert.deepEqual(numbers(rows).slice(0, 10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 11]);
    assert.equal(rejectedCount, 1500);
    assert.deepEqual(
      rejected.slice(0, 2).map(({ row }) => row),
      [10, 20],
    );
    assert.equal(rejected.length, 1000);
  });

  it('are refused when they are too many, as soon as that is known, with how to take a sample', async () => {
    let read = 0;
    const open = made(10_000_000, (row) => {
      read = row;
      return 'short';
    });
    await assert.rejects(choose(open), (error: unknown) => {
      assert.ok(error instanceof TaskError);
      assert.match(error.message, /^made\.jsonl has more than 200,000 rows.* --sample 10000/);
      return true;
    });
    assert.ok(read < 230_000, String(read));
  });

  it('are of the part that is cut out of all of them, and a sample of that', async () => {
    const half: RowChoice['cut'] = (rows) => rows.filter(({ row }) => row.row > 5000);
    const open = made(10_000, (row) => `row ${row}`);
    assert.equal((await choose(open, { cut: half })).rows.length, 4500);
    const { rows } = await choose(open, { cut: half, sample: 20 });
    assert.equal(rows.length, 20);
    assert.ok(numbers(rows).every((row) => row > 5000));
  });

  it('cannot be a part of a file that is too large to be held', async () => {
    const text = 'x'.repeat(10_000_000);
    await assert.rejects(
      choose(
        made(100, () => text),
        { cut: (rows) => rows, sample: 5 },
      ),
      /made\.jsonl is too large to cut a part out of it.*--part all/,
    );
  });

  it('are only those with the numbers that were asked for', async () => {
    const { rows } = await choose(
      made(5000, (row) => `row ${row}`),
      { only: new Set([3, 4001, 10]) },
    );
    assert.deepEqual(numbers(rows), [3, 4001]);
  });
});
