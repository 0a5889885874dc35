import type { Locator } from 'playwright-core';
import { type Measurement, median } from '../measurement';

/** Frames of one scroll, in milliseconds: how long each took, and how much of the page's own thread they took on average. */
export interface ScrolledFrames {
  readonly times: readonly number[];
  readonly work: number;
}

/** Pixels a frame. A wheel that never rests makes some 6,000 a second; a dragged scroll bar is as fast as the hand. */
export const scrollSpeeds = { wheel: 100, bar: 400 } as const;

/** The frames while a table is scrolled from where it stands, a step a frame. */
export async function framesOfScrolling(scroller: Locator, pixels: number, frames = 240): Promise<ScrolledFrames> {
  const page = scroller.page();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const threadTime = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'ThreadTime')!.value;
  };
  const before = await threadTime();
  const times = await scroller.evaluate(
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
  return { times, work: ((await threadTime()) - before) / frames };
}

/** What is reported of a table that is scrolled at both speeds. */
export async function tableMeasurements(what: string, scroller: Locator): Promise<readonly Measurement[]> {
  const wheel = await framesOfScrolling(scroller, scrollSpeeds.wheel);
  const bar = await framesOfScrolling(scroller, scrollSpeeds.bar);
  return [...frameMeasurements(`${what} by the wheel`, wheel), ...frameMeasurements(`${what} by the bar`, bar)];
}

/** What is reported of a scroll. A machine that is busy makes frames longer, but hardly the work in them. */
export function frameMeasurements(what: string, { times, work }: ScrolledFrames): readonly Measurement[] {
  return [
    { what: `${what}, median frame`, value: median(times), unit: 'ms' },
    { what: 'its longest frame', value: Math.max(...times), unit: 'ms', aim: { most: 32 } },
    { what: "the page's own work a frame", value: work, unit: 'ms' },
  ];
}
