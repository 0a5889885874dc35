import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { themes } from './editorPage';
import type { ThemeName } from './editorPage';

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong, a line each: the rule, and the element it is broken at. `rules`: only these; default all. */
async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const { violations: found } = await page.evaluate(
    (only) =>
      (window as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run(
        only === undefined ? {} : { runOnly: { type: 'rule', values: [...only] } },
      ),
    rules,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.any.map((each) => each.message).join()}`),
  );
}

/** Fails unless the page, as it is now, breaks no rule of axe, and has enough contrast in every theme of the editor. */
export async function assertAccessible(panel: {
  readonly page: Page;
  setTheme(name: ThemeName): Promise<void>;
}): Promise<void> {
  await panel.page.evaluate(await axe);
  assert.deepEqual(await violations(panel.page), []);
  for (const theme of Object.keys(themes) as ThemeName[]) {
    await panel.setTheme(theme);
    await panel.page.evaluate(() => new Promise(requestAnimationFrame));
    assert.deepEqual(await violations(panel.page, ['color-contrast']), [], theme);
  }
}
