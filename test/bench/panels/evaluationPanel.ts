import { launchBrowser } from '../../webview/editorPage';
import { EvaluationPage } from '../../webview/evaluationPage';
import { type Measurement, median } from '../measurement';
import { framesOfScrolling } from './frames';

/** The rows of the Evaluation panel, 100,000 of them: the frames while they are scrolled. */
export async function evaluationPanel(): Promise<readonly Measurement[]> {
  const browser = await launchBrowser();
  const panel = await EvaluationPage.open(browser, { rows: 100_000 });
  await panel.readToEnd();
  const frames = await framesOfScrolling(panel.page.locator('example-table .scroll'));
  await browser.close();
  return [
    { what: 'scrolling 100,000 evaluated rows, median frame', value: median(frames), unit: 'ms' },
    { what: 'its longest frame', value: Math.max(...frames), unit: 'ms', aim: { most: 32 } },
  ];
}
