import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../../extension/protocol/run';
import { Workbench, processes, until } from './workbench';

describe('a run that does not come to its end by itself', function () {
  let workbench: Workbench;
  beforeEach(async () => {
    workbench = await Workbench.open();
  });
  afterEach(async function () {
    await workbench.picture(this.currentTest?.title ?? 'interruptions');
    await workbench.close();
  });

  const hasCheckpoint = (record: RunRecord): boolean => record.status === 'running' && record.last !== undefined;

  it('stops after its step, with a checkpoint, when it is told to', async () => {
    await workbench.tuneExperiment('long.tune.json');
    await workbench.runThat(hasCheckpoint);
    await workbench.showRunsTree();
    await workbench.runAction('long', 'Stop Run');
    const record = await workbench.runThat(({ status }) => status !== 'running');
    assert.equal(record.status, 'stopped');
    assert.equal(record.last?.step, record.step, 'the last checkpoint is of the last step');
    const adapter = join(record.folder, 'checkpoints', `step-${String(record.step).padStart(6, '0')}`);
    assert.match(await readFile(join(adapter, 'adapter_config.json'), 'utf8'), /PROMPT_TUNING/);
    await workbench.trainingStatus.waitFor({ state: 'hidden' });
  });

  it('reads as interrupted when its trainer is killed, leaves the editor alive, and can be resumed', async () => {
    await workbench.tuneExperiment('long.tune.json');
    const killed = await workbench.runThat(hasCheckpoint);
    process.kill(killed.process?.pid ?? assert.fail('the record names no process'), 'SIGKILL');
    await workbench.notification(/killed/i).waitFor();
    await workbench.showRunsTree();
    await workbench.treeRun('long').locator('.codicon-debug-disconnect, .codicon-debug-continue').first().waitFor();

    // The extension host answers: it is the one that was there before, and it starts another trainer.
    await workbench.runAction('long', 'Resume Run');
    const resumed = await workbench.runThat(
      (record) =>
        record.status === 'running' &&
        record.process?.pid !== killed.process?.pid &&
        record.step > (killed.last?.step ?? 0),
    );
    assert.equal(resumed.id, killed.id, 'the same run goes on');
    assert.equal((await workbench.runFolders()).length, 1);
    const steps = (await workbench.journal(resumed.folder))
      .filter(({ type }) => type === 'step')
      .map(({ step }) => step);
    assert.deepEqual(
      steps,
      [...new Set(steps)].sort((a, b) => a - b),
      'every step stands in the journal once, in order',
    );
  });

  it('is live again after a reload of the window', async () => {
    await workbench.tuneExperiment('long.tune.json');
    const before = await workbench.runThat(hasCheckpoint);
    await workbench.panel.getByText('long').first().waitFor();
    await workbench.reload();
    const after = await workbench.runThat(
      (record) =>
        record.status === 'running' && record.process?.pid !== before.process?.pid && record.step > before.step,
    );
    assert.equal(after.id, before.id);
    await workbench.trainingStatus.getByText(/long: step/).waitFor();
    // The panel is back by itself, on the same run, and shows steps made after the reload.
    await workbench.panel.getByText('long').first().waitFor();
    await workbench.panel
      .getByText(/running/i)
      .first()
      .waitFor();
    assert.equal((await workbench.runFolders()).length, 1);
  });

  it('leaves no process behind when the window is closed', async () => {
    await workbench.tuneExperiment('long.tune.json');
    const { process: trainer } = await workbench.runThat(hasCheckpoint);
    assert.ok((await processes('trainer.cjs')).includes(trainer?.pid ?? 0));
    await workbench.page.goto('about:blank');
    await until(async () => ((await processes('trainer.cjs')).includes(trainer?.pid ?? 0) ? undefined : true));
  });
});
