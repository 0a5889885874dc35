import * as assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisProcess } from '../../../extension/runs/processIdentity';
import { readMarks, readRun, recordPath, writeMarks, writeRecord } from '../../../extension/runs/runFolder';
import { RunInUseError, acquireRunLock } from '../../../extension/runs/runLock';
import { RunStore, runId } from '../../../extension/runs/runStore';
import { forkFixture, idleProcess, kill, nextMessage } from './childProcess';
import { inTemporaryFolder, runRecord } from './records';

describe('ids of runs', () => {
  it('can be read and sort by time', () => {
    const id = runId('Amazon Reviews: très bien!', new Date('2026-11-23T07:15:00.999Z'));
    assert.match(id, /^20261123-071500-amazon-reviews-tre-s-bien-[0-9a-f]{4}$/);
    const later = runId('a', new Date('2026-11-23T07:15:01Z'));
    assert.ok(later > id);
  });

  it('are safe as folder names whatever the name', () => {
    for (const name of ['../../etc', 'CON', '評価', '', 'a'.repeat(300), 'a/b\\c:d*e?']) {
      assert.match(runId(name, new Date()), /^\d{8}-\d{6}-[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{4}$/);
    }
  });
});

describe('the store of runs', () => {
  it('gives back a run as it was made, under a new id', () =>
    inTemporaryFolder(async (folder) => {
      const store = new RunStore(join(folder, '.prompt-runs'));
      assert.deepEqual(await store.list(), { runs: [], unreadable: [] });
      const made = await store.create(runRecord());
      assert.deepEqual(made.record, { ...runRecord(), id: made.record.id });
      assert.match(made.record.id, /^20261123-071500-amazon-reviews-/);
      assert.deepEqual((await store.list()).runs, [{ record: made.record, marks: {}, folder: made.folder }]);
      assert.deepEqual(await store.read(made.folder), { record: made.record, marks: {}, folder: made.folder });
    }));

  it('gives five hundred runs of the same second five hundred folders', () =>
    inTemporaryFolder(async (folder) => {
      // So many that some get the same four digits at first.
      const store = new RunStore(folder);
      await Promise.all(Array.from({ length: 500 }, () => store.create(runRecord())));
      assert.equal(new Set((await store.list()).runs.map(({ record }) => record.id)).size, 500);
      assert.equal(readdirSync(folder).length, 500);
    }));

  it('sees what changed since it looked last: records, marks, new and deleted runs', () =>
    inTemporaryFolder(async (folder) => {
      const store = new RunStore(folder);
      const first = await store.create(runRecord());
      await store.list();
      await writeRecord(first.folder, { ...first.record, step: 50 });
      await writeMarks(first.folder, { note: 'good', pinned: true });
      const second = await store.create(runRecord({ createdAt: '2026-11-24T00:00:00.000Z' }));
      const { runs } = await store.list();
      assert.deepEqual(
        runs.map(({ record }) => [record.id, record.step]),
        [
          [second.record.id, 0],
          [first.record.id, 50],
        ],
      );
      assert.deepEqual(runs[1]!.marks, { note: 'good', pinned: true });
      await store.remove(second.folder);
      assert.equal((await store.list()).runs.length, 1);
      assert.deepEqual(readdirSync(folder), [first.record.id]);
    }));

  it('reports what it cannot read, with the file and the reason, and lists everything else', () =>
    inTemporaryFolder(async (folder) => {
      const store = new RunStore(folder);
      const good = await store.create(runRecord());
      const marked = await store.create(runRecord());
      writeFileSync(join(marked.folder, 'marks.json'), '{"pinned":"yes"}');
      const bad = {
        json: '{',
        version: '{"format":2}',
        field: JSON.stringify({ ...runRecord(), id: 'x', step: 'one' }),
      };
      for (const [name, content] of Object.entries(bad)) {
        mkdirSync(join(folder, name));
        writeFileSync(recordPath(join(folder, name)), content);
      }
      mkdirSync(join(folder, 'empty'));
      writeFileSync(join(folder, 'a file'), '');

      const { runs, unreadable } = await store.list();
      assert.deepEqual(runs.map((run) => run.folder).toSorted(), [good.folder, marked.folder].toSorted());
      const reasons = Object.fromEntries(unreadable.map((each) => [each.folder.slice(folder.length + 1), each.reason]));
      assert.deepEqual(
        Object.keys(reasons).toSorted(),
        ['empty', 'field', 'json', 'version', marked.record.id].toSorted(),
      );
      assert.match(reasons.json!, /json\/run\.json: not JSON/);
      assert.match(reasons.version!, /version\/run\.json: format: /);
      assert.match(reasons.field!, /field\/run\.json: step: /);
      assert.match(reasons.empty!, /ENOENT/);
      assert.match(reasons[marked.record.id]!, /marks\.json: pinned: /);
    }));

  it('calls a running run interrupted once its process is gone, also when its number went to another', () =>
    inTemporaryFolder(async (folder) => {
      const store = new RunStore(folder);
      const child = await idleProcess();
      const own = await thisProcess();
      const status = async (process?: { pid: number; startedAt: string }): Promise<string> => {
        const { folder: made } = await store.create(runRecord({ status: 'running', ...(process && { process }) }));
        return (await readRun(made)).record.status;
      };
      assert.equal(await status(own), 'running');
      assert.equal(await status({ ...own, startedAt: 'at another time' }), 'interrupted');
      assert.equal(await status(), 'interrupted');
      const running = { pid: child.pid!, startedAt: '' };
      assert.equal(await status(running), 'running');
      await kill(child);
      assert.equal(await status(running), 'interrupted');
      const { runs } = await store.list();
      assert.equal(runs.filter(({ record }) => record.status === 'running').length, 1);
      assert.equal(runs.filter(({ record }) => record.status === 'interrupted').length, 4);
    }));

  it('deletes no run that is running', () =>
    inTemporaryFolder(async (folder) => {
      const store = new RunStore(join(folder, 'runs'));
      const { folder: run } = await store.create(runRecord());
      const child = await forkFixture('runs/lockHolder', folder, [run]);
      await nextMessage(child);
      await assert.rejects(store.remove(run), RunInUseError);
      assert.ok(existsSync(recordPath(run)));
      await kill(child);
      await store.remove(run);
      assert.deepEqual(readdirSync(store.folder), []);
    }));

  it('deletes no run of a living process even before that took its lock', () =>
    inTemporaryFolder(async (folder) => {
      const store = new RunStore(folder);
      const child = await idleProcess();
      const process = { pid: child.pid!, startedAt: '' };
      const { folder: run } = await store.create(runRecord({ status: 'running', process }));
      await assert.rejects(store.remove(run), RunInUseError);
      await (await acquireRunLock(run)).release();
      await kill(child);
      await store.remove(run);
    }));

  it('lists two thousand runs, and reads only what changed when asked again', () =>
    inTemporaryFolder(async (folder) => {
      const record = { ...runRecord(), id: 'x' };
      for (let run = 0; run < 2000; run++) {
        mkdirSync(join(folder, `run-${run}`));
        writeFileSync(recordPath(join(folder, `run-${run}`)), JSON.stringify(record));
      }
      const store = new RunStore(folder);
      const first = await store.list();
      assert.equal(first.runs.length, 2000);
      await writeRecord(first.runs[7]!.folder, { ...record, step: 1 });
      const second = await store.list();
      const readAgain = second.runs.filter((run, index) => run.record !== first.runs[index]!.record);
      assert.deepEqual(
        readAgain.map((run) => [run.folder, run.record.step]),
        [[first.runs[7]!.folder, 1]],
      );
    }));
});

describe('marks of a run', () => {
  it('are kept apart from the record and replaced as a whole', () =>
    inTemporaryFolder(async (folder) => {
      const { folder: run } = await new RunStore(folder).create(runRecord());
      assert.deepEqual(await readMarks(run), {});
      await writeMarks(run, { note: 'first', name: 'mine' });
      await writeMarks(run, { pinned: true });
      assert.deepEqual(await readMarks(run), { pinned: true });
      assert.equal((await readRun(run)).record.name, 'amazon reviews');
    }));
});
