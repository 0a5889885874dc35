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

/** What of a table's rows was blank in a frame. */
export interface BlankFrame {
  readonly whole: number;
  readonly blank: number;
  /** Whether the row of the keyboard, whose cell is the tab stop, is among the blank. */
  readonly lost: boolean;
  /** Indices of the whole rows, the keyboard's apart. */
  readonly indices: readonly number[];
}

/** Rows of a table frame by frame after it has leapt to `top` pixels, from the first that has drawn them until none is blank any more. */
export async function framesAfterLeap(grid: Locator, top: number): Promise<readonly BlankFrame[]> {
  return grid.evaluate(async (table, top) => {
    const look = (): { whole: number; blank: number; lost: boolean; indices: number[]; last: number } => {
      const rows = [...table.querySelectorAll('tbody tr[data-id]')];
      const blank = rows.filter((row) => row.ariaBusy === 'true').length;
      const lost = table.querySelector('tr:not([aria-busy]) [tabindex="0"]') === null;
      return {
        whole: rows.length - blank,
        blank,
        lost,
        indices: rows
          .filter((row) => row.ariaBusy !== 'true' && row.querySelector('[tabindex="0"]') === null)
          .map((row) => Number(row.ariaRowIndex) - 2),
        last: Math.max(...rows.map((row) => Number(row.ariaRowIndex))),
      };
    };
    const before = look().last;
    table.parentElement!.scrollTop = top;
    const frames: { whole: number; blank: number; lost: boolean; indices: number[] }[] = [];
    for (;;) {
      await new Promise(requestAnimationFrame);
      const { whole, blank, lost, indices, last } = look();
      if (last === before) continue;
      // A frame may be looked at before its rows are drawn.
      if (frames.at(-1)?.blank !== blank) frames.push({ whole, blank, lost, indices });
      if (blank === 0) return frames;
    }
  }, top);
}

/** How many rows a table makes whole in each of some frames, in all of which it is scrolled on by `pixels`. */
export async function rowsMadeWhole(grid: Locator, pixels: number, frames: number): Promise<readonly number[]> {
  return grid.evaluate(
    async (table, { pixels, frames }) => {
      const whole = (): ReadonlySet<string> =>
        new Set([...table.querySelectorAll<HTMLElement>('tr[data-id]:not([aria-busy])')].map((row) => row.dataset.id!));
      const made: number[] = [];
      let before = whole();
      for (let frame = 0; frame < frames; frame++) {
        table.parentElement!.scrollTop += pixels;
        await new Promise(requestAnimationFrame);
        const now = whole();
        made.push([...now].filter((id) => !before.has(id)).length);
        before = now;
      }
      return made;
    },
    { pixels, frames },
  );
}
