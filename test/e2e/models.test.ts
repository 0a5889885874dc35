import assert from 'node:assert/strict';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf, HubServer, sha256, stallAfter } from '../unit/library/hubServer';
import { Workbench, until } from './workbench';

const files = filesOf('test/fixtures/models/llama-tied');
const weights = files['model.safetensors']!;

describe('the models of this machine', () => {
  let hub: HubServer;
  let workbench: Workbench;
  before(async () => {
    const told = { downloads: 4321, config: { model_type: 'llama' }, pipeline_tag: 'text-generation' };
    hub = await HubServer.start({
      'lab/tiny': { files, told },
      'lab/secret': { files, told, gated: true, token: 'hf_right' },
      'lab/cut': { files, told },
    });
    workbench = await Workbench.open({ env: { HF_ENDPOINT: hub.endpoint } });
  });
  after(async () => {
    await workbench.close();
    await hub.close();
  });
  afterEach(async function () {
    await workbench.picture(this.currentTest?.title ?? 'models');
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('grow by a download from the palette to the view, with the keyboard alone', async () => {
    const { keyboard } = workbench.page;
    await workbench.command('Soft Prompt: Focus on Models View');
    await workbench.treeRows('Models').filter({ hasText: 'Bundled model' }).waitFor();
    await workbench.treeRows('Models').filter({ hasText: 'Recommended for This Machine' }).click();
    await workbench.treeRows('Models').filter({ hasText: 'SmolLM2-135M-Instruct' }).waitFor();
    await workbench.picture('recommended models');
    assert.deepEqual(hub.asked, [], 'the hub is asked only by somebody who wants something of it');

    await workbench.command('Soft Prompt: Download Model...');
    await workbench.choice('lab/secret').waitFor();
    await keyboard.type('tiny');
    await workbench.choice('lab/secret').waitFor({ state: 'detached' });
    await workbench.choice(/lab\/tiny.*4,321 downloads/).waitFor();
    await keyboard.press('Enter');
    await workbench.notification('lab/tiny is downloaded').waitFor();

    await workbench.treeRows('Models').filter({ hasText: 'lab/tiny' }).waitFor();
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

  it('do not grow by a private one without the right token; the message says so, and takes one', async () => {
    const { keyboard } = workbench.page;
    const message = workbench.notification(/lab\/secret/).last();
    const askedToken = workbench.page.locator('.quick-input-widget:visible input[type=password]');
    await workbench.command('Soft Prompt: Download Model...');
    await workbench.choice('lab/secret').waitFor();
    await keyboard.type('secret');
    await workbench.choice('lab/tiny').waitFor({ state: 'detached' });
    await workbench.choice('lab/secret').waitFor();
    await keyboard.press('Enter');
    for (const token of ['hf_wrong', 'hf_right']) {
      await message.getByRole('button', { name: 'Set Hugging Face Token...' }).click();
      await askedToken.fill(token);
      await keyboard.press('Enter');
    }
    await workbench.notification('lab/secret is downloaded').waitFor();
    await workbench.treeRows('Models').filter({ hasText: 'lab/secret' }).waitFor();
    const { output } = workbench.server;
    assert.doesNotMatch(output(), /hf_(wrong|right)/, 'the token is in no log');
  });

  it('are not there before the whole of them is; a download that was cancelled goes on where it was', async () => {
    const bytes = weights.length / 2;
    hub.fail('model.safetensors', stallAfter(bytes));
    await workbench.command('Soft Prompt: Download Model...');
    await workbench.choice('lab/cut').waitFor();
    await workbench.page.keyboard.type('cut');
    await workbench.choice('lab/tiny').waitFor({ state: 'detached' });
    await workbench.choice('lab/cut').click();
    const downloading = workbench.notification('Downloading lab/cut');
    await downloading.getByText(/model\.safetensors · .* of /).waitFor();
    await downloading.getByRole('button', { name: 'Cancel' }).click();
    const stopped = await workbench.message('The download of lab/cut was stopped');
    await stopped.getByRole('button', { name: 'Resume Download' }).click();
    await workbench.message('lab/cut is downloaded');
    const asked = hub.asked.filter(({ path }) => /lab\/cut\/.*model\.safetensors/.test(path));
    assert.match(asked.at(-1)?.headers.range ?? 'the whole file', /^bytes=[1-9]/);
  });

  it('can be verified, mended where they are damaged, and removed', async () => {
    const row = workbench.treeRows('Models').filter({ hasText: 'lab/cut' });
    await workbench.command('Soft Prompt: Focus on Models View');
    await workbench.contextMenu(row, 'Verify Model');
    await workbench.message('lab/cut is whole');
    const blobs = join(workbench.home, '.cache/huggingface/hub/models--lab--cut/blobs');
    await writeFile(join(blobs, sha256(weights)), Buffer.alloc(weights.length));
    await workbench.contextMenu(row, 'Verify Model');
    const damage = await workbench.message(/lab\/cut: .*model\.safetensors/);
    await damage.getByRole('button', { name: 'Remove and Download Again' }).click();
    await workbench.message('lab/cut is downloaded');
    assert.deepEqual(await readFile(join(blobs, sha256(weights))), weights);

    await workbench.contextMenu(row, 'Remove Model...');
    const question = workbench.page.locator('.monaco-dialog-box');
    await question.getByText(/About \d+ KiB in .*lab--cut.* are deleted/).waitFor();
    await question.getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    assert.equal(
      await access(blobs).then(
        () => true,
        () => false,
      ),
      false,
    );
  });
});
