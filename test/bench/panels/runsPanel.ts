import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../webview/editorPage';
import { PanelPage } from '../../webview/panelPage';
import { runRow } from '../../webview/runRows';
import type { Measurement } from '../measurement';
import { controlFrames } from './control';
import { drawn, repeated } from './drawn';
import { frameMeasurements, tableMeasurements } from './frames';

const rows = Array.from({ length: 10_000 }, (_, index) => runRow(index));

/** The Runs panel: from the message with 1,000 runs until they are drawn, and the frames while 10,000 are scrolled, beside those of a plain page. */
export async function runsPanel(): Promise<readonly Measurement[]> {
  const browser = await launchBrowser();
  const [painted] = await repeated(() => firstPaint(browser));
  const plain = await controlFrames(browser);
  const scrolled = await scrolling(browser);
  await browser.close();
  return [
    { what: 'Runs panel, first drawing of 1,000 runs', value: painted!, unit: 'ms', aim: { most: 200 } },
    ...frameMeasurements('scrolling 10,000 plain lines', plain),
    ...scrolled,
  ];
}

async function firstPaint(browser: Browser): Promise<readonly number[]> {
  const panel = await PanelPage.open(browser, { rows: rows.slice(0, 1000), silent: true });
  await panel.page.locator('runs-panel').waitFor();
  const painted = await drawn(panel.page, () => panel.postRows(), [['runs-table', 'td.cell-name']]);
  await panel.close();
  return [painted];
}

async function scrolling(browser: Browser): Promise<readonly Measurement[]> {
  const panel = await PanelPage.open(browser, { rows });
  const scroller = panel.page.locator('runs-table .scroll');
  await panel.page.locator('runs-table td.cell-name').first().waitFor();
  const measured = await tableMeasurements('scrolling 10,000 runs', scroller);
  await panel.close();
  return measured;
}
