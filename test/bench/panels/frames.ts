import type { Locator } from 'playwright-core';
import { type Measurement, median } from '../measurement';

/** Frames of one scroll, in milliseconds: how long each took, and how much of the page's own thread they took on average. */
export interface ScrolledFrames {
  readonly times: readonly number[];
  readonly work: number;
}

/** Pixels a frame. A wheel that never rests makes some 6,000 a second; a dragged scroll bar is as fast as the hand. */
export const scrollSpeeds = { 'the wheel': 100, 'the bar': 400, 'a fast bar': 1000 } as const;

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

/** Milliseconds of a frame that no one sees as a jump: two of a screen's sixty a second. */
const longestFrame = 32;

/** What is reported of a table that is scrolled at each speed. */
export async function tableMeasurements(what: string, scroller: Locator): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const [by, pixels] of Object.entries(scrollSpeeds))
    measured.push(...frameMeasurements(`${what} by ${by}`, await framesOfScrolling(scroller, pixels)));
  return measured;
}

/** What is reported of a scroll. A machine that is busy makes frames longer, but hardly the work in them. */
export function frameMeasurements(what: string, { times, work }: ScrolledFrames): readonly Measurement[] {
  return [
    { what: `${what}, median frame`, value: median(times), unit: 'ms' },
    { what: 'its longest frame', value: Math.max(...times), unit: 'ms', aim: { most: longestFrame } },
    {
      what: `longer than ${longestFrame} ms, of ${times.length}`,
      value: times.filter((time) => time > longestFrame).length,
      unit: 'frames',
    },
    { what: "the page's own work a frame", value: work, unit: 'ms' },
  ];
}
