import * as assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { JournalEntry } from '../../../extension/protocol/run';
import { Journal, JournalReader, journalPath, readJournal } from '../../../extension/runs/journal';
import { inTemporaryFolder, stepEntry } from './records';

const evaluation = (step: number, loss: number): JournalEntry => ({
  type: 'evaluation',
  step,
  split: 'dev',
  scores: { accuracy: 0.5, loss },
  seconds: 1,
});
async function write(folder: string, entries: readonly JournalEntry[], afterStep?: number): Promise<void> {
  const journal = await Journal.open(folder, afterStep === undefined ? {} : { afterStep });
  for (const entry of entries) await journal.append(entry);
  await journal.close();
}
const stepsOf = (entries: readonly JournalEntry[]): number[] => entries.map(({ step }) => step);

describe('the journal of a run', () => {
  it('gives back what was appended, in order, also over several writers', () =>
    inTemporaryFolder(async (folder) => {
      const entries: JournalEntry[] = [
        evaluation(0, 2),
        stepEntry(1, 0.1 + 0.2),
        { type: 'checkpoint', step: 1, folder: 'checkpoints/step-000001', best: true },
      ];
      await write(folder, entries.slice(0, 2));
      await write(folder, entries.slice(2));
      assert.deepEqual(await readJournal(folder), entries);
    }));

  it('that is not there yet is empty', () =>
    inTemporaryFolder(async (folder) => assert.deepEqual(await readJournal(folder), [])));

  it('with a torn last line gives all lines before it, and goes on after them', () =>
    inTemporaryFolder(async (folder) => {
      await write(folder, [stepEntry(1), stepEntry(2)]);
      const whole = readFileSync(journalPath(folder));
      for (let cut = whole.length - 1; cut > whole.lastIndexOf(10, whole.length - 2); cut--) {
        writeFileSync(journalPath(folder), whole.subarray(0, cut));
        assert.deepEqual(stepsOf(await readJournal(folder)), [1], `cut at ${cut}`);
      }
      appendFileSync(journalPath(folder), '\0\0\0');
      await write(folder, [stepEntry(2), stepEntry(3)]);
      assert.deepEqual(stepsOf(await readJournal(folder)), [1, 2, 3]);
      assert.ok(!readFileSync(journalPath(folder), 'utf8').includes('\0'));
    }));

  it('keeps the whole lines around a damaged one and says which it is', () =>
    inTemporaryFolder(async (folder) => {
      await write(folder, [stepEntry(1), stepEntry(2)]);
      appendFileSync(journalPath(folder), '{"type":"step","step":"three"}\nnonsense\n');
      await write(folder, [stepEntry(4)]);
      const reader = new JournalReader(folder);
      await reader.refresh();
      assert.deepEqual(stepsOf(reader.entries), [1, 2, 4]);
      assert.deepEqual(reader.damagedLines, [3, 4]);
    }));

  it('of a resumed run forgets what came after the checkpoint', () =>
    inTemporaryFolder(async (folder) => {
      await write(folder, [evaluation(0, 2), stepEntry(1), stepEntry(2), evaluation(2, 1), stepEntry(3), stepEntry(4)]);
      await write(folder, [stepEntry(3, 7)], 2);
      const entries = await readJournal(folder);
      assert.deepEqual(stepsOf(entries), [0, 1, 2, 2, 3]);
      assert.deepEqual(entries.at(-1), stepEntry(3, 7));
    }));

  it('leaves out a score that is no number, and keeps the others', () =>
    inTemporaryFolder(async (folder) => {
      await write(folder, [evaluation(1, Infinity)]);
      const [entry] = await readJournal(folder);
      assert.deepEqual(entry, { ...evaluation(1, 0), scores: { accuracy: 0.5 } });
    }));

  it('is read on from where the last look ended, and from the start when it was rewritten', () =>
    inTemporaryFolder(async (folder) => {
      const reader = new JournalReader(folder);
      assert.equal(await reader.refresh(), false);
      const journal = await Journal.open(folder);
      await journal.append(stepEntry(1));
      assert.equal(await reader.refresh(), true);
      assert.equal(await reader.refresh(), false);
      await journal.append(stepEntry(2));
      const half = JSON.stringify(stepEntry(3));
      appendFileSync(journalPath(folder), half.slice(0, 20));
      await reader.refresh();
      assert.deepEqual(stepsOf(reader.entries), [1, 2]);
      appendFileSync(journalPath(folder), `${half.slice(20)}\n`);
      await reader.refresh();
      assert.deepEqual(stepsOf(reader.entries), [1, 2, 3]);
      await journal.close();

      await write(folder, [stepEntry(2), stepEntry(3), stepEntry(4)], 1);
      assert.equal(await reader.refresh(), true);
      assert.deepEqual(stepsOf(reader.entries), [1, 2, 3, 4]);
    }));
});
