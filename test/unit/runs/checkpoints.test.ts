import * as assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkpointPath,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpointFiles,
  removeUnfinishedWrites,
  writeCheckpoint,
} from '../../../extension/runs/checkpoints';
import { readJournal } from '../../../extension/runs/journal';
import { readRecord } from '../../../extension/runs/runFolder';
import { forkFixture, kill, nextMessage } from './childProcess';
import { inTemporaryFolder } from './records';

const stepsOf = async (folder: string): Promise<number[]> => (await listCheckpoints(folder)).map(({ step }) => step);

describe('checkpoints of a run', () => {
  it('are found by rising step and read back byte for byte', () =>
    inTemporaryFolder(async (folder) => {
      assert.deepEqual(await listCheckpoints(folder), []);
      for (const step of [1000, 20, 1_234_567]) await writeCheckpoint(folder, step, { x: Buffer.from([step % 256]) });
      assert.deepEqual(await stepsOf(folder), [20, 1000, 1_234_567]);
      assert.equal(checkpointPath(folder, 20), join(folder, 'checkpoints', 'step-000020'));
      const files = await readCheckpointFiles(checkpointPath(folder, 1000));
      assert.deepEqual(Object.keys(files), ['x']);
      assert.deepEqual(Buffer.from(files.x!), Buffer.from([1000 % 256]));
    }));

  it('written twice hold what was written last, and nothing of before', () =>
    inTemporaryFolder(async (folder) => {
      await writeCheckpoint(folder, 5, { old: 'old', both: 'old' });
      await writeCheckpoint(folder, 5, { both: 'new' });
      const files = await readCheckpointFiles(checkpointPath(folder, 5));
      assert.deepEqual(Object.keys(files), ['both']);
      assert.equal(Buffer.from(files.both!).toString(), 'new');
      assert.deepEqual(readdirSync(join(folder, 'checkpoints')), ['step-000005']);
    }));

  it('are kept or removed as asked', () =>
    inTemporaryFolder(async (folder) => {
      for (const step of [0, 10, 20, 30]) await writeCheckpoint(folder, step, { x: 'x' });
      await pruneCheckpoints(folder, [10, 30]);
      assert.deepEqual(await stepsOf(folder), [10, 30]);
    }));

  it('that were never finished are not listed, and can be cleared away', () =>
    inTemporaryFolder(async (folder) => {
      await writeCheckpoint(folder, 10, { x: 'x' });
      const unfinished = join(folder, 'checkpoints', '.step-000020.0123456789ab.tmp');
      mkdirSync(unfinished);
      writeFileSync(join(unfinished, 'x'), 'half');
      writeFileSync(join(folder, '.run.json.0123456789ab.tmp'), '{');
      writeFileSync(join(folder, '.marks.json.0123456789ab.tmp'), 'the editor is writing');
      assert.deepEqual(await stepsOf(folder), [10]);
      await removeUnfinishedWrites(folder);
      assert.deepEqual(readdirSync(join(folder, 'checkpoints')), ['step-000010']);
      assert.deepEqual(readdirSync(folder), ['.marks.json.0123456789ab.tmp', 'checkpoints']);
    }));

  it('of a writer killed at any moment are whole, up to the last one it finished', () =>
    inTemporaryFolder(async (folder) => {
      for (let kills = 0; kills < 5; kills++) {
        const run = join(folder, `run-${kills}`);
        mkdirSync(join(run, 'checkpoints'), { recursive: true });
        const child = await forkFixture('runs/checkpointWriter', folder, [run]);
        let finished = 0;
        // Killed as soon as it tells of a checkpoint, it is somewhere within the next one.
        while (finished < 3 + kills) finished = ((await nextMessage(child)) as { finished: number }).finished;
        await kill(child);

        const checkpoints = await listCheckpoints(run);
        assert.ok(checkpoints.at(-1)!.step >= finished);
        for (const checkpoint of checkpoints) {
          const files = await readCheckpointFiles(checkpoint.folder);
          assert.deepEqual(Object.keys(files).toSorted(), ['a.bin', 'b.bin', 'studio.json']);
          const expected = Buffer.alloc(200_000, checkpoint.step % 256);
          assert.ok(expected.equals(files['a.bin']!) && expected.equals(files['b.bin']!));
          assert.equal(Buffer.from(files['studio.json']!).toString(), `{"step":${checkpoint.step}}`);
        }
        assert.ok((await readRecord(run)).step >= finished);
        assert.ok((await readJournal(run)).length >= finished);
      }
    }));
});
