import type { Locator } from 'playwright-core';

/** Milliseconds of each frame while a table is scrolled from its top, a step a frame, as by a wheel that never rests. */
export async function framesOfScrolling(scroller: Locator, frames = 240, pixels = 400): Promise<readonly number[]> {
  return scroller.evaluate(
    async (element, { frames, pixels }) => {
      const next = (): Promise<number> => new Promise(requestAnimationFrame);
      const times: number[] = [];
      let last = await next();
      for (let frame = 0; frame < frames; frame++) {
        element.scrollTop += pixels;
        const now = await next();
        times.push(now - last);
        last = now;
      }
      return times;
    },
    { frames, pixels },
  );
}
