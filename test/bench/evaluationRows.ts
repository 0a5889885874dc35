import { cpus, loadavg } from 'node:os';
import { launchBrowser } from '../webview/editorPage';
import { EvaluationPage } from '../webview/evaluationPage';

/** How long a frame takes while the rows of an evaluation are scrolled: 100,000 rows, three predictors that were asked, three derived. */
const frames = 200;
const pixelsAFrame = 240;

const browser = await launchBrowser();
console.log(`100,000 rows, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}`);
const panel = await EvaluationPage.open(browser, { rows: 100_000 });
await panel.readToEnd();
await panel.page.locator('.count', { hasText: '100,000 rows' }).waitFor();
const times = await panel.page.evaluate(
  async ([count, step]) => {
    const table = document.querySelector('evaluation-panel')!.shadowRoot!.querySelector('example-table')!;
    const scroller = table.shadowRoot!.querySelector('.scroll')!;
    const frame = (): Promise<number> => new Promise(requestAnimationFrame);
    const found: number[] = [];
    let last = await frame();
    for (let each = 0; each < count; each++) {
      scroller.scrollTop += step;
      const now = await frame();
      found.push(now - last);
      last = now;
    }
    return found;
  },
  [frames, pixelsAFrame] as const,
);
await panel.close();
await browser.close();
const sorted = times.toSorted((a, b) => a - b);
const at = (share: number): string => sorted[Math.min(frames - 1, Math.floor(share * frames))]!.toFixed(0);
console.log(`a frame while scrolling: ${at(0.5)} ms median, ${at(0.95)} ms at 95 %, ${at(1)} ms longest`);
