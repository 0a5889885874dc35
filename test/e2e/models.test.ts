import assert from 'node:assert/strict';
import { filesOf, HubServer } from '../unit/library/hubServer';
import { Workbench, until } from './workbench';

describe('the models of this machine', () => {
  let hub: HubServer;
  let workbench: Workbench;
  before(async () => {
    const files = filesOf('test/fixtures/models/llama-tied');
    const told = { downloads: 4321, config: { model_type: 'llama' } };
    hub = await HubServer.start({ 'lab/tiny': { files, told }, 'lab/secret': { files, gated: true, token: 'x' } });
    workbench = await Workbench.open({ env: { HF_ENDPOINT: hub.endpoint } });
  });
  after(async () => {
    await workbench.close();
    await hub.close();
  });
  afterEach(async function () {
    await workbench.page.keyboard.press('Escape');
    await workbench.picture(this.currentTest?.title ?? 'models');
  });

  it('grow by a download from the palette to the view, with the keyboard alone', async () => {
    const { keyboard } = workbench.page;
    await workbench.command('Soft Prompt: Focus on Models View');
    await workbench.treeRows('Models').filter({ hasText: 'Bundled model' }).waitFor();
    assert.deepEqual(hub.asked, [], 'the hub is asked only by somebody who wants something of it');

    await workbench.command('Soft Prompt: Download Model...');
    await workbench.choice('lab/secret').waitFor();
    await keyboard.type('tiny');
    await workbench.choice('lab/secret').waitFor({ state: 'detached' });
    await workbench.choice(/lab\/tiny.*4,321 downloads/).waitFor();
    await keyboard.press('Enter');
    await workbench.notification('lab/tiny is downloaded').waitFor();

    await workbench.command('Soft Prompt: Focus on Models View');
    const focused = workbench.treeRows('Models').and(workbench.page.locator('.focused'));
    await keyboard.press('Home');
    await until(async () => {
      const label = await focused.getAttribute('aria-label');
      if (label?.startsWith('lab/tiny, runs here, llama')) return label;
      await keyboard.press('ArrowDown');
      return undefined;
    });
    // The row's own menu starts the tuning with it: the next question is for the data.
    await keyboard.press('Shift+F10');
    await workbench.page.locator('.monaco-menu .action-item', { hasText: 'Tune Prompt with This Model...' }).waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await workbench.choice('reviews.jsonl').waitFor();
  });

  it('do not grow by one whose terms nobody has accepted, and the message says what to do', async () => {
    await workbench.command('Soft Prompt: Download Model...');
    await workbench.choice('lab/secret').waitFor();
    await workbench.page.keyboard.type('secret');
    await workbench.choice('lab/tiny').waitFor({ state: 'detached' });
    await workbench.choice(/lab\/secret.*gated/).waitFor();
    await workbench.page.keyboard.press('Enter');
    const message = workbench.notification('lab/secret');
    await message.getByRole('button', { name: 'Set Hugging Face Token...' }).waitFor();
    await message.getByRole('button', { name: 'Try Again' }).waitFor();
    assert.equal(await workbench.treeRows('Models').filter({ hasText: 'lab/secret' }).count(), 0);
  });
});
