import { launchBrowser } from '../../webview/editorPage';
import { EvaluationPage } from '../../webview/evaluationPage';
import type { Measurement } from '../measurement';
import { frameMeasurements, framesOfScrolling } from './frames';

/** The rows of the Evaluation panel, 100,000 of them: the frames while they are scrolled. */
export async function evaluationPanel(): Promise<readonly Measurement[]> {
  const browser = await launchBrowser();
  const panel = await EvaluationPage.open(browser, { rows: 100_000 });
  await panel.readToEnd();
  const frames = await framesOfScrolling(panel.page.locator('example-table .scroll'));
  await browser.close();
  return frameMeasurements('scrolling 100,000 evaluated rows', frames);
}
