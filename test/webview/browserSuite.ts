import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './editorPage';
import { PanelPage } from './panelPage';
import type { PanelOptions } from './panelPage';

interface Faulty {
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/**
 * One browser for a file of tests; gives a function that opens pages. After each test its pages are closed, and whatever they
 * wrote to the console as a warning or error, or did against their content security policy, fails the test.
 */
export function pageSuite<Options, Page extends Faulty>(
  openPage: (browser: Browser, options?: Options) => Promise<Page>,
): (options?: Options) => Promise<Page> {
  let browser: Browser;
  let open: Page[] = [];
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());
  afterEach(async () => {
    const faults = open.flatMap((page) => page.faults);
    await Promise.all(open.map((page) => page.close()));
    open = [];
    assert.deepEqual(faults, [], 'console errors and broken policies');
  });
  return async (options) => {
    const page = await openPage(browser, options);
    open.push(page);
    return page;
  };
}

/** As {@link pageSuite}, for the Runs panel. */
export function browserSuite(): (options?: PanelOptions) => Promise<PanelPage> {
  return pageSuite((browser, options) => PanelPage.open(browser, options));
}
