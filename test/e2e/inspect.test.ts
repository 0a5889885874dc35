import assert from 'node:assert/strict';
import { Workbench } from './workbench';

describe('from a finished run', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open();
    await workbench.tuneExperiment('short.tune.json');
    await workbench.runThat(({ status }) => status === 'finished');
    await workbench.command('View: Close All Editors');
    await workbench.showRunsTree();
  });
  after(() => workbench.close());
  afterEach(async function () {
    await workbench.picture(this.currentTest?.title ?? 'inspect');
  });

  it('to the Inspect panel: what its virtual tokens are near, and how much each of them matters', async () => {
    await workbench.contextMenu(workbench.treeRun('short'), 'Inspect Prompt');
    const { panel } = workbench;
    await panel.getByRole('grid', { name: 'Virtual tokens' }).waitFor();
    assert.ok((await panel.locator('token-table .chip').count()) > 0);
    await panel.getByRole('listbox', { name: /^Map of \d+ virtual tokens/ }).waitFor();
    await panel.getByRole('button', { name: 'Measure Effects' }).click();
    await panel.getByText(/^effects on \d+ of \d+ rows$/).waitFor();
  });

  it('to another checkpoint by the slider', async () => {
    const slider = workbench.panel.getByRole('slider', { name: 'Checkpoint' });
    await slider.press('Home');
    const first = await slider.getAttribute('aria-valuetext');
    await slider.press('End');
    await workbench.panel.locator('.main[aria-busy="false"]').waitFor();
    assert.notEqual(await slider.getAttribute('aria-valuetext'), first);
  });

  it('to the Diff panel: what changed between two of its checkpoints', async () => {
    await workbench.panel.getByRole('button', { name: 'Compare…' }).click();
    await workbench.choice(/step 0/).click();
    const { panel } = workbench;
    await panel.getByRole('grid', { name: 'Differences by position' }).waitFor();
    await panel.getByRole('application', { name: /^Cosine of each/ }).waitFor();
  });

  it('to the same difference as text, in the editor’s own diff', async () => {
    await workbench.panel.getByRole('button', { name: 'As Text' }).click();
    const diff = workbench.page.locator('.monaco-diff-editor').first();
    await diff.locator('.view-line', { hasText: 'soft prompt, format 1' }).first().waitFor();
  });

  it('and after a reload of the window the Inspect panel is there again', async () => {
    await workbench.command('View: Close All Editors');
    await workbench.contextMenu(workbench.treeRun('short'), 'Inspect Prompt');
    await workbench.panel.getByRole('grid', { name: 'Virtual tokens' }).waitFor();
    await workbench.command('View: Show Explorer');
    await workbench.reload();
    await workbench.panel.getByRole('grid', { name: 'Virtual tokens' }).waitFor();
  });
});
