import type { Browser } from 'playwright-core';
import { DiffPage } from '../../webview/diffPage';
import { launchBrowser } from '../../webview/editorPage';
import { InspectPage } from '../../webview/inspectPage';
import type { Measurement } from '../measurement';
import { drawn, repeated } from './drawn';

const length = 150;
const steps = Array.from({ length: 50 }, (_, index) => index * 100);

/**
 * The Inspect and the Diff panel with 150 virtual tokens and 50 checkpoints: from the message with the numbers until the browser has
 * drawn them, and until another checkpoint that the page has is drawn.
 */
export async function inspectPanels(): Promise<readonly Measurement[]> {
  const browser = await launchBrowser();
  const [opened, moved] = await repeated(() => inspect(browser));
  const [compared] = await repeated(() => diff(browser));
  await browser.close();
  return [
    { what: 'Inspect panel, first drawing', value: opened!, unit: 'ms', aim: { most: 300 } },
    { what: 'Inspect panel, another checkpoint', value: moved!, unit: 'ms' },
    { what: 'Diff panel, first drawing', value: compared!, unit: 'ms', aim: { most: 300 } },
  ];
}

async function inspect(browser: Browser): Promise<readonly number[]> {
  const panel = await InspectPage.open(browser, { length, steps, neighbours: 10, silent: true });
  await panel.page.getByRole('status').first().waitFor({ state: 'attached' });
  const opened = await drawn(panel.page, () => panel.postInspection(), [
    ['token-table', 'tr[data-id]'],
    ['prompt-map', '.mark text'],
  ]);
  const slider = panel.page.getByRole('slider', { name: 'Checkpoint' });
  await slider.press('ArrowLeft');
  await panel.until(async () => (await panel.page.locator('.main.waiting').count()) === 0, 'it has come');
  await slider.press('ArrowRight');
  await slider.focus();
  const moved = await panel.page.evaluate(async () => {
    const root = document.querySelector('inspect-panel')!.shadowRoot!;
    const range = root.querySelector('inspect-header')!.shadowRoot!.querySelector('input')!;
    const started = performance.now();
    range.value = String(Number(range.value) - 1);
    range.dispatchEvent(new Event('input'));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    return performance.now() - started;
  });
  await panel.close();
  return [opened, moved];
}

async function diff(browser: Browser): Promise<readonly number[]> {
  const panel = await DiffPage.open(browser, { lengthA: length, lengthB: length, silent: true });
  await panel.page.getByRole('status').first().waitFor({ state: 'attached' });
  const opened = await drawn(panel.page, () => panel.postDiff(), [
    ['diff-table', 'tr[data-id]'],
    ['heat-map', 'path'],
  ]);
  await panel.close();
  return [opened];
}
