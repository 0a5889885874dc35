import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { PanelPage, launchBrowser } from './panelPage';
import type { PanelOptions } from './panelPage';

/**
 * One browser for a file of tests; gives a function that opens panels. After each test its panels are closed, and whatever
 * they wrote to the console as a warning or error, or did against their content security policy, fails the test.
 */
export function browserSuite(): (options?: PanelOptions) => Promise<PanelPage> {
  let browser: Browser;
  let open: PanelPage[] = [];
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  afterEach(async () => {
    const faults = open.flatMap((panel) => panel.faults);
    await Promise.all(open.map((panel) => panel.close()));
    open = [];
    assert.deepEqual(faults, [], 'console errors and broken policies');
  });
  return async (options) => {
    const panel = await PanelPage.open(browser, options);
    open.push(panel);
    return panel;
  };
}
