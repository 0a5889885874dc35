import { launchBrowser } from '../../webview/editorPage';
import { EvaluationPage } from '../../webview/evaluationPage';
import type { Measurement } from '../measurement';
import { tableMeasurements } from './frames';

/** The rows of the Evaluation panel, 100,000 of them: the frames while they are scrolled. */
export async function evaluationPanel(): Promise<readonly Measurement[]> {
  const browser = await launchBrowser();
  const panel = await EvaluationPage.open(browser, { rows: 100_000 });
  await panel.readToEnd();
  const scroller = panel.page.locator('example-table .scroll');
  const measured = await tableMeasurements('scrolling 100,000 evaluated rows', scroller);
  await browser.close();
  return measured;
}
