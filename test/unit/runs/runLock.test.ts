import * as assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, startFromPs, thisProcess } from '../../../extension/runs/processIdentity';
import { RunInUseError, acquireRunLock } from '../../../extension/runs/runLock';
import { forkFixture, idleProcess, kill, nextMessage } from './childProcess';
import { inTemporaryFolder } from './records';

describe('a process', () => {
  it('is alive while it runs and gone when it was killed', async () => {
    assert.equal(await isAlive(await thisProcess()), true);
    const child = await idleProcess();
    const identity = { pid: child.pid!, startedAt: '' };
    assert.equal(await isAlive(identity), true);
    await kill(child);
    assert.equal(await isAlive(identity), false);
  });

  it('is not taken for a later one that got its number', async () => {
    const own = await thisProcess();
    assert.notEqual(own.startedAt, '');
    assert.equal(await isAlive({ pid: own.pid, startedAt: `${own.startedAt}0` }), false);
  });

  it('can be told by ps too, where there is no /proc', async () => {
    const [first, again, gone] = await Promise.all([process.pid, process.pid, 2 ** 22 + 1].map(startFromPs));
    assert.equal(first, again);
    assert.equal(gone, undefined);
  });
});

describe('the lock of a run', () => {
  it('lets one writer in at a time', () =>
    inTemporaryFolder(async (folder) => {
      const lock = await acquireRunLock(folder);
      await assert.rejects(acquireRunLock(folder), (error) => {
        assert.ok(error instanceof RunInUseError);
        assert.match(error.message, new RegExp(`in use by process ${process.pid}`));
        return true;
      });
      await lock.release();
      await (await acquireRunLock(folder)).release();
      assert.deepEqual(readdirSync(folder), []);
    }));

  it('of a killed process is free again', () =>
    inTemporaryFolder(async (folder) => {
      const child = await forkFixture('runs/lockHolder', folder, [folder, '1']);
      assert.deepEqual(await nextMessage(child), { locked: 1 });
      await assert.rejects(acquireRunLock(folder), RunInUseError);
      await kill(child);
      const lock = await acquireRunLock(folder);
      await assert.rejects(acquireRunLock(folder), RunInUseError);
      await lock.release();
      assert.equal(existsSync(join(folder, 'run.lock')), false);
    }));

  it('of a dead process goes to exactly one of many that want it', () =>
    inTemporaryFolder(async (folder) => {
      for (let round = 0; round < 20; round++) {
        writeFileSync(join(folder, 'run.lock'), JSON.stringify({ pid: process.pid, startedAt: `before ${round}` }));
        const tries = await Promise.allSettled(Array.from({ length: 8 }, () => acquireRunLock(folder)));
        const won = tries.filter((each) => each.status === 'fulfilled');
        assert.equal(won.length, 1);
        for (const each of tries) if (each.status === 'rejected') assert.ok(each.reason instanceof RunInUseError);
        await won[0]!.value.release();
        assert.deepEqual(readdirSync(folder), []);
      }
    }));

  it('whose file is damaged, or whose taking over was cut short, does not lock the run for ever', () =>
    inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'run.lock'), '\0\0');
      await (await acquireRunLock(folder)).release();
      writeFileSync(join(folder, 'run.lock'), '{"pid":1,"startedAt":"long ago"}');
      // What a process leaves that was killed while it took over this very lock.
      const child = await forkFixture('runs/lockHolder', folder, [folder, '1', 'crash']);
      await nextMessage(child);
      await kill(child);
      await (await acquireRunLock(folder)).release();
    }));
});
