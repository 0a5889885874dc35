import type { Page } from 'playwright-core';
import { median } from '../measurement';

/** Milliseconds until the page has drawn what `act` changes. */
export async function drawn(
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
            const root = document.querySelector('inspect-panel, diff-panel, runs-panel')?.shadowRoot;
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

/** Medians of a few repetitions, column by column. */
export async function repeated(run: () => Promise<readonly number[]>, repetitions = 5): Promise<readonly number[]> {
  const times: (readonly number[])[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) times.push(await run());
  return times[0]!.map((_, column) => median(times.map((row) => row[column]!)));
}
