import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { Workbench, until } from './workbench';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('the Runs panel in the editor', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open();
  });
  after(() => workbench.close());
  afterEach(async function () {
    await workbench.picture(this.currentTest?.title ?? 'accessibility');
  });

  it('shows the run of an experiment whose button is clicked while a slow window still opens its file', async () => {
    await workbench.slowed(8, () => workbench.tuneExperiment('short.tune.json'));
    await workbench.runThat(({ status }) => status === 'finished');
    await workbench.panel.getByRole('row', { name: /Finished/ }).waitFor();
  });

  it('breaks no accessibility rule', async () => {
    await workbench.panel.getByRole('row', { name: /Finished/ }).waitFor();
    await workbench.panel.getByRole('img', { name: /^Training loss/ }).waitFor();
    const page = await workbench.panelPage();
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
    );
    const faults = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    assert.deepEqual(faults, []);
  });

  it('is reached and used by the keyboard alone', async () => {
    await workbench.command('Soft Prompt: Show Runs');
    const page = await workbench.panelPage();
    // From wherever the focus is, Tab comes to the table; Enter there opens the details of a run.
    await until(async () => {
      await workbench.page.keyboard.press('Tab');
      const inTable = await page.evaluate(() => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return Boolean(active?.closest('[role=grid]'));
      });
      return inTable ? true : undefined;
    });
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('Enter');
    await workbench.panel.locator('tr[aria-selected=true]').waitFor();
  });
});
