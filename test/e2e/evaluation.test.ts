import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Workbench } from './workbench';

describe('evaluating prompts', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open();
  });
  after(() => workbench.close());
  afterEach(async function () {
    await workbench.page.keyboard.press('Escape');
    await workbench.picture(this.currentTest?.title ?? 'evaluating');
  });

  it('of a right-clicked data set shows prompts and their ensemble, down to the row and its line in the file', async () => {
    for (let tuned = 0; tuned < 2; tuned++) {
      const known = await workbench.runFolders();
      await workbench.tuneExperiment('short.tune.json');
      const record = await workbench.runThat(({ status }) => status !== 'running', { known });
      assert.equal(record.status, 'finished', record.reason);
    }
    // Another webview than the one that is looked at would be in the way.
    await workbench.command('View: Close All Editors');

    await workbench.contextMenu(workbench.file('reviews.jsonl'), 'Evaluate Dataset...');
    const prompts = workbench.choice('short').locator('input[type=checkbox], .monaco-checkbox');
    await prompts.nth(0).click();
    await prompts.nth(1).click();
    await workbench.page.locator('.quick-input-widget:visible').getByRole('button', { name: 'OK' }).click();
    // The task is that of the runs, as it is.
    await workbench.choice('{text}:').first().click();
    await workbench.acceptProposal('Ensemble of the prompts');
    await workbench.answer('Text prompt of the baselines', '{text}:');
    await workbench.choice('All rows').click();

    const { panel } = workbench;
    const predictors = panel.getByRole('grid', { name: 'Predictors' });
    for (const name of [/^short/, 'zero-shot text prompt', 'majority vote of 2 prompts', 'majority class'] as const) {
      await predictors.getByRole('row', { name }).filter({ hasText: '%' }).first().waitFor();
    }
    await panel.locator('.status-finished').waitFor();

    const matrix = panel.getByRole('grid', { name: /^Confusion of short/ });
    const fields = matrix.getByRole('gridcell');
    const counts = await fields.locator('.words').allInnerTexts();
    const fullest = counts.indexOf(String(Math.max(...counts.map(Number))));
    await fields.nth(fullest).click();
    await panel.locator('.count', { hasText: `${counts[fullest]!} of` }).waitFor();
    const rows = panel.getByRole('grid', { name: 'Rows' }).locator('tbody tr[data-id]');
    const number = (await rows.nth(1).getByRole('gridcell').first().innerText()).trim();
    await rows.nth(1).getByRole('button', { name: number, exact: true }).click();
    await workbench.page.getByRole('tab', { name: /^reviews\.jsonl/ }).waitFor();
    await workbench.page.locator('.statusbar-item', { hasText: `Ln ${number}, Col 1` }).waitFor();
  });

  it('marks rows that cannot be used in their file, also in a window that is opened later', async () => {
    await workbench.command('View: Close All Editors');
    const rows = await readFile(join(workbench.workspace, 'reviews.jsonl'), 'utf8');
    await workbench.addFile('flawed.jsonl', `${rows.trimEnd()}\n{"label":"positive"}\n`);
    await workbench.contextMenu(workbench.file('flawed.jsonl'), 'Evaluate Dataset...');
    await workbench.choice('short').first().locator('input[type=checkbox], .monaco-checkbox').click();
    await workbench.page.locator('.quick-input-widget:visible').getByRole('button', { name: 'OK' }).click();
    await workbench.choice('{text}:').first().click();
    await workbench.acceptProposal('Majority class');
    await workbench.answer('Text prompt of the baselines', '{text}:');
    await workbench.choice('All rows').click();
    await workbench.panel.locator('.status-finished').waitFor();

    const problem = workbench.page.locator('.markers-panel .monaco-list-row', { hasText: 'text' });
    await workbench.command('Problems: Focus on Problems View');
    await problem.first().waitFor();
    await workbench.reload();
    await workbench.command('Problems: Focus on Problems View');
    await problem.first().waitFor();
  });

  it('says in the question what is wrong with a file that cannot be evaluated', async () => {
    await workbench.addFile('empty.csv', '');
    await workbench.contextMenu(workbench.file('empty.csv'), 'Evaluate Dataset...');
    await workbench.choice('short').first().locator('input[type=checkbox], .monaco-checkbox').click();
    await workbench.page.locator('.quick-input-widget:visible').getByRole('button', { name: 'OK' }).click();
    await workbench.choice('empty.csv: the file is empty').waitFor();
  });
});
