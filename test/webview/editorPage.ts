import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { webviewPage } from '../../extension/protocol/webviewPage';
import type { WebviewEntry } from '../../extension/protocol/webviewPage';
import { chromiumArguments, chromiumPath } from '../../tools/chromium.mjs';
import dark from './themes/dark.json' with { type: 'json' };
import highContrastLight from './themes/high-contrast-light.json' with { type: 'json' };
import highContrast from './themes/high-contrast.json' with { type: 'json' };
import light from './themes/light.json' with { type: 'json' };

/** The editor's own themes: body class and variables as its webviews get them. */
export const themes = {
  dark,
  light,
  'high-contrast': highContrast,
  'high-contrast-light': highContrastLight,
} as const;
export type ThemeName = keyof typeof themes;

interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

const origin = 'https://panel.test';

export interface PageOptions {
  readonly theme?: ThemeName;
  /** What `getState` gives: what an earlier page saved. */
  readonly state?: unknown;
  /** The host does not answer `ready`. */
  readonly silent?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  assert.ok(executablePath, 'no Chromium: install it, or name one in CHROMIUM');
  return chromium.launch({ executablePath, args: chromiumArguments });
}

/** A page of the browser as the editor's webviews are: its language, its time zone, without motion. */
export async function newContext(browser: Browser, { viewport }: PageOptions): Promise<BrowserContext> {
  return browser.newContext({
    viewport: viewport ?? { width: 1280, height: 860 },
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
}

/**
 * A panel's own bundle in a page with the extension's page, policy and theme variables, and a host on the other end.
 * Everything that breaks the policy or is written to the console as an error is kept.
 */
export abstract class EditorPage<To, From extends { readonly type: string }> {
  readonly sent: From[] = [];
  readonly faults: string[] = [];

  protected constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly entry: WebviewEntry,
    private readonly check: (message: unknown) => From | undefined,
    protected readonly options: PageOptions,
  ) {}

  /** Answers as the contract says. */
  protected abstract answer(message: From): Promise<void>;

  async close(): Promise<void> {
    await this.context.close();
  }

  /** A message from the host. */
  async post(message: To): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
  }

  /** What the panel has saved. */
  async saved(): Promise<unknown> {
    return this.page.evaluate(() => (window as unknown as { saved: unknown }).saved);
  }

  /** Switches to another of the editor's themes, in the way the editor does. */
  async setTheme(name: ThemeName): Promise<void> {
    await this.page.evaluate(({ bodyClass, variables }: Theme) => {
      document.documentElement.style.cssText = Object.entries(variables)
        .map(([key, value]) => `${key}: ${value};`)
        .join('');
      document.body.className = bodyClass;
      document.body.dataset.vscodeThemeKind = bodyClass.split(' ')[0];
    }, themes[name]);
  }

  /** Messages of one type, in the order sent. */
  of<T extends From['type']>(type: T): readonly Extract<From, { type: T }>[] {
    return this.sent.filter((message): message is Extract<From, { type: T }> => message.type === type);
  }

  /** Waits until the panel has sent a message for which `test` holds. */
  async heard(test: (message: From) => boolean, what: string): Promise<void> {
    await this.until(() => this.sent.some(test), `the panel sends ${what}`);
  }

  /** Waits for a condition outside the page, looking again after every frame that the page draws. */
  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const limit = Date.now() + 15_000;
    while (!(await condition())) {
      assert.ok(Date.now() < limit, `waited in vain until ${what}`);
      await this.page.evaluate(() => new Promise(requestAnimationFrame));
    }
  }

  /** Presses keys one after the other, and waits until the panel has drawn what came of it. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
    await this.page.evaluate(() => new Promise(requestAnimationFrame));
  }

  async load(): Promise<void> {
    const { page, entry } = this;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(String(error)));
    await page.exposeFunction('hostReceives', (message: unknown) => this.receive(message));
    await page.exposeFunction('policyBroken', (text: string) => this.faults.push(text));
    await page.addInitScript(prepare, { theme: themes[this.options.theme ?? 'dark'], state: this.options.state });
    const html = webviewPage({
      entry,
      title: entry,
      script: `${origin}/${entry}.js`,
      source: origin,
      nonce: 'abc123',
      language: 'en',
    });
    const { bodyClass } = themes[this.options.theme ?? 'dark'];
    // As the editor does, the class of the theme is there before the page's script runs.
    const kind = bodyClass.split(' ')[0]!;
    const themed = html.replace('<body>', `<body class="${bodyClass}" data-vscode-theme-kind="${kind}">`);
    const script = resolve(import.meta.dirname, `../../dist/webview/${entry}.js`);
    await page.route(`${origin}/**`, async (route) => {
      if (route.request().url() === `${origin}/`) await route.fulfill({ contentType: 'text/html', body: themed });
      else if (route.request().url() === `${origin}/${entry}.js`)
        await route.fulfill({ contentType: 'text/javascript', body: await readFile(script, 'utf8') });
      else await route.abort();
    });
    await page.goto(`${origin}/`);
  }

  private async receive(data: unknown): Promise<void> {
    const message = this.check(data);
    assert.ok(message, `the host does not take ${JSON.stringify(data)}`);
    this.sent.push(message);
    if (this.options.silent !== true || message.type !== 'ready') await this.answer(message);
  }
}

/** Runs in the page before anything else: the editor's API, its variables, and an ear for broken policies. */
function prepare({ theme, state }: { theme: Theme; state: unknown }): void {
  const page = window as unknown as {
    saved: unknown;
    acquireVsCodeApi: () => unknown;
    hostReceives: (message: unknown) => Promise<void>;
    policyBroken: (text: string) => Promise<void>;
  };
  page.saved = state;
  page.acquireVsCodeApi = (): unknown => ({
    postMessage: (message: unknown) => void page.hostReceives(structuredClone(message)),
    getState: () => page.saved,
    setState: (now: unknown) => (page.saved = structuredClone(now)),
  });
  document.addEventListener('securitypolicyviolation', (event) => {
    void page.policyBroken(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  const dress = (): void => {
    const root = document.documentElement as HTMLElement | null;
    if (root === null) return;
    for (const [name, value] of Object.entries(theme.variables)) root.style.setProperty(name, value);
  };
  dress();
  new MutationObserver((_, observer) => {
    dress();
    observer.disconnect();
  }).observe(document, { childList: true });
}
