import assert from 'node:assert/strict';
import { assertAccessible } from './axe';
import { browserSuite } from './browserSuite';
import type { PanelOptions, PanelPage } from './panelPage';
import { curveOf, typicalRows } from './runRows';

interface Case {
  readonly options: PanelOptions;
  /** Brings the panel into the state to be looked at. */
  readonly act: (panel: PanelPage) => Promise<void>;
}
const rows = typicalRows();
const state = (selected: number, more: object = {}): object => ({
  version: 1,
  shown: [0, 1, 5].map((index) => rows[index]!.record.id),
  selected: rows[selected]!.record.id,
  ...more,
});
const cases: Readonly<Record<string, Case>> = {
  'with a run going on': {
    options: { rows, curves: curveOf, state: state(0) },
    act: (panel) => panel.page.getByRole('img', { name: /^Training loss/ }).waitFor(),
  },
  'with a failed run, a note being written and charts as tables': {
    options: { rows, curves: curveOf, state: state(2, { asTable: true }) },
    act: async (panel) => {
      await panel.page.getByRole('gridcell', { name: /^amazon-adamw/ }).focus();
      await panel.page.keyboard.press('F2');
      await panel.page.locator('input.edit').waitFor();
    },
  },
  'with the menu of columns open': {
    options: { rows, state: state(1) },
    act: async (panel) => {
      await panel.page.getByRole('button', { name: 'Columns' }).click();
      await panel.page.getByRole('menuitemcheckbox', { name: 'Seed' }).waitFor();
    },
  },
  'that is not trusted': {
    options: { rows, trusted: false, problems: ['run-7/run.json:1: not JSON'], state: state(4) },
    act: (panel) => panel.page.getByText('Restricted mode').waitFor(),
  },
  'without runs': { options: { rows: [] }, act: (panel) => panel.page.getByRole('heading').waitFor() },
  'that cannot read the runs': {
    options: { silent: true },
    act: async (panel) => {
      await panel.post({ type: 'problem', message: 'The folder .prompt-runs cannot be read.' });
      await panel.page.getByRole('alert').waitFor();
    },
  },
};

describe('a panel', () => {
  const open = browserSuite();
  for (const [what, { options, act }] of Object.entries(cases)) {
    it(`${what} breaks no accessibility rule, and has enough contrast in every theme`, async () => {
      const panel = await open(options);
      await act(panel);
      await assertAccessible(panel);
    });
  }

  it('stands still where motion is not wanted', async () => {
    const panel = await open({ rows });
    const turning = panel.page.locator('.cell-status .turn').first();
    const animation = (): Promise<string> => turning.evaluate((element) => getComputedStyle(element).animationName);
    await turning.waitFor({ state: 'attached' });
    assert.equal(await animation(), 'none');
    await panel.page.emulateMedia({ reducedMotion: 'no-preference' });
    assert.equal(await animation(), 'turn');
    await panel.page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
    assert.equal(await animation(), 'none');
  });
});
