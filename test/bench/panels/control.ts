import type { Browser } from 'playwright-core';
import { newContext } from '../../webview/editorPage';
import type { ScrolledFrames } from './frames';
import { framesOfScrolling, scrollSpeeds } from './frames';

/** What scrolling costs on this machine by itself: a page of 10,000 lines of plain text, none of which is made while it scrolls. */
export async function controlFrames(browser: Browser): Promise<ScrolledFrames> {
  const context = await newContext(browser, {});
  const page = await context.newPage();
  const lines = Array.from({ length: 10_000 }, (_, index) => `<div>topics-quick-${index} finished 300 / 300</div>`);
  await page.setContent(
    `<style>.scroll { contain: strict; font: 13px sans-serif; height: 600px; overflow: auto } .scroll div { height: 26px }</style>
    <div class="scroll">${lines.join('')}</div>`,
  );
  const frames = await framesOfScrolling(page.locator('.scroll'), scrollSpeeds['the bar']);
  await context.close();
  return frames;
}
