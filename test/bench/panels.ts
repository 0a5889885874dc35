import { cpus, loadavg } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { DiffPage } from '../webview/diffPage';
import { launchBrowser } from '../webview/editorPage';
import { InspectPage } from '../webview/inspectPage';

/**
 * How long the Inspect and the Diff panel take with 150 virtual tokens and 50 checkpoints: from the message with the numbers until
 * the browser has drawn them, until another checkpoint that the page has is drawn, and from the start of the page's script.
 */
const length = 150;
const steps = Array.from({ length: 50 }, (_, index) => index * 100);
const repetitions = 5;

/** Milliseconds until the page has drawn what `act` changes. */
async function drawn(
  page: Page,
  act: () => Promise<void>,
  parts: readonly (readonly [element: string, inside: string])[],
): Promise<number> {
  await page.evaluate((wanted) => {
    const holder = window as unknown as { drawnAt: Promise<number> };
    holder.drawnAt = new Promise((done) => {
      // The clock starts with the message, in the page itself: how long it took to get there is the driver's time.
      addEventListener(
        'message',
        () => {
          const started = performance.now();
          const look = (): void => {
            const root = document.querySelector('inspect-panel, diff-panel')?.shadowRoot;
            const there = wanted.every(([element, inside]) =>
              root?.querySelector(element)?.shadowRoot?.querySelector(inside),
            );
            if (there) requestAnimationFrame(() => setTimeout(() => done(performance.now() - started), 0));
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        },
        { once: true },
      );
    });
  }, parts);
  await act();
  return page.evaluate(() => (window as unknown as { drawnAt: Promise<number> }).drawnAt);
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

async function measure(what: readonly string[], run: () => Promise<readonly number[]>): Promise<void> {
  const times: (readonly number[])[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) times.push(await run());
  what.forEach((name, column) => {
    const sorted = times.map((row) => row[column]!).toSorted((a, b) => a - b);
    console.log(`${name}: ${sorted[repetitions >> 1]!.toFixed(0)} ms median, ${sorted[0]!.toFixed(0)} ms best`);
  });
}

const browser = await launchBrowser();
console.log(
  `${length} virtual tokens, ${steps.length} checkpoints, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}`,
);
await measure(['Inspect panel, first drawing', 'Inspect panel, another checkpoint'], () => inspect(browser));
await measure(['Diff panel, first drawing'], () => diff(browser));
await browser.close();
