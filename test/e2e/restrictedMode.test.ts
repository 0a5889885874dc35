import assert from 'node:assert/strict';
import { Workbench } from './workbench';

describe('in Restricted Mode', function () {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({ workspaceTrust: true });
  });
  after(async () => {
    await workbench.picture('restricted mode');
    await workbench.close();
  });

  it('runs can be looked at', async () => {
    await workbench.command('Soft Prompt: Show Runs');
    await workbench.panel
      .getByText(/restricted|trust/i)
      .first()
      .waitFor();
  });

  it('tuning is refused, with the reason and the way out', async () => {
    await workbench.tuneExperiment('short.tune.json');
    await workbench.notification(/trust/i).first().waitFor();
    assert.deepEqual(await workbench.runFolders(), []);
  });

  it('models can be looked at, but none is downloaded', async () => {
    await workbench.command('Soft Prompt: Focus on Models View');
    await workbench.treeRows('Models').filter({ hasText: 'Bundled model' }).waitFor();
    await workbench.command('Soft Prompt: Download Model...');
    await workbench.notification(/models and prompts, so it needs a trusted workspace/).waitFor();
  });

  it('evaluating is refused, with the reason and the way out', async () => {
    await workbench.command('Soft Prompt: Evaluate Dataset...');
    const message = workbench.notification('Evaluating prompts runs models');
    await message.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
  });
});
