import assert from 'node:assert/strict';
import { Workbench } from './workbench';

describe('a prompt that was learned elsewhere', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({ folders: { adapter: 'test/fixtures/adapters/causal' } });
  });
  after(() => workbench.close());
  afterEach(async function () {
    await workbench.page.keyboard.press('Escape');
    await workbench.picture(this.currentTest?.title ?? 'import');
  });

  it('is refused for a model that it does not fit, and shown as a run for one that it does', async () => {
    await workbench.file('adapter').click();
    await workbench.contextMenu(workbench.file('adapter_config.json'), 'Import Prompt...');
    // Its own model, "models/tiny", is not on this machine.
    await workbench.page.locator('.quick-input-widget:visible input[placeholder*="models/tiny"]').waitFor();
    await workbench.choice('Bundled model').click();
    const refusal = workbench.notification(/The prompt has width 16/);
    await refusal.getByRole('button', { name: 'Choose Another Model...' }).click();
    await workbench.choice(/^model/).click();

    const record = await workbench.runThat(({ imported, status }) => imported !== undefined && status === 'finished');
    assert.equal(record.name, 'adapter');
    assert.equal(record.model?.name, 'model');
    assert.equal((await workbench.runFolders()).length, 1, 'what did not fit left nothing behind');
    await workbench.panel.getByRole('row', { name: /adapter/ }).waitFor();
  });
});
