import type { Locator } from 'playwright-core';

/** How many of the rows now in a table's body the page takes out, if only to put them elsewhere, while it is scrolled to `top` pixels. */
export async function rowsTakenOut(grid: Locator, top: number): Promise<number> {
  return grid.evaluate(async (table, top) => {
    const body = table.querySelector('tbody')!;
    const before = new Set(body.querySelectorAll('tr[data-id]'));
    const taken = new Set<Node>();
    const observer = new MutationObserver((changes) => {
      for (const { removedNodes } of changes) for (const node of removedNodes) taken.add(node);
    });
    observer.observe(body, { childList: true });
    const last = (): number => Math.max(...[...body.querySelectorAll('tr')].map((row) => row.ariaRowIndex).map(Number));
    const end = last();
    table.parentElement!.scrollTop = top;
    while (last() === end) await new Promise(requestAnimationFrame);
    observer.disconnect();
    return [...taken].filter((node) => before.has(node as Element)).length;
  }, top);
}
