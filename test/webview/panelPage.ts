import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { fromRunsPanel } from '../../extension/protocol/runsPanel';
import type { Curve, FromRunsPanel, RunRow, ToRunsPanel } from '../../extension/protocol/runsPanel';
import { runsPanelPage } from '../../extension/protocol/runsPanelPage';
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
const script = resolve(import.meta.dirname, '../../dist/webview/runs.js');

export interface PanelOptions {
  readonly rows?: readonly RunRow[];
  readonly curves?: (row: RunRow) => Curve | undefined;
  readonly trusted?: boolean;
  readonly problems?: readonly string[];
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

/**
 * The panel's own bundle in a page with the extension's page, policy and theme variables, and a host on the other end that
 * answers as the contract says. Everything that breaks the policy or is written to the console as an error is kept.
 */
export class PanelPage {
  readonly sent: FromRunsPanel[] = [];
  readonly faults: string[] = [];
  rows: readonly RunRow[];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly options: PanelOptions,
  ) {
    this.rows = options.rows ?? [];
  }

  static async open(browser: Browser, options: PanelOptions = {}): Promise<PanelPage> {
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 860 },
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const panel = new PanelPage(page, context, options);
    await panel.load();
    return panel;
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  /** A message from the host. */
  async post(message: ToRunsPanel): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
  }

  /** A run as it is now; replaces the one with its id. */
  async postRow(row: RunRow): Promise<void> {
    const known = this.rows.some(({ record }) => record.id === row.record.id);
    this.rows = known ? this.rows.map((each) => (each.record.id === row.record.id ? row : each)) : [row, ...this.rows];
    await this.post({ type: 'run', row });
  }

  async postRows(): Promise<void> {
    const { trusted = true, problems = [] } = this.options;
    await this.post({ type: 'runs', rows: this.rows, trusted, problems });
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
  of<T extends FromRunsPanel['type']>(type: T): readonly Extract<FromRunsPanel, { type: T }>[] {
    return this.sent.filter((message): message is Extract<FromRunsPanel, { type: T }> => message.type === type);
  }

  /** Waits until the panel has sent a message for which `test` holds. */
  async heard(test: (message: FromRunsPanel) => boolean, what: string): Promise<void> {
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

  private async load(): Promise<void> {
    const { page } = this;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(String(error)));
    await page.exposeFunction('hostReceives', (message: unknown) => this.receive(message));
    await page.exposeFunction('policyBroken', (text: string) => this.faults.push(text));
    await page.addInitScript(prepare, { theme: themes[this.options.theme ?? 'dark'], state: this.options.state });
    const html = runsPanelPage({ script: `${origin}/runs.js`, source: origin, nonce: 'abc123', language: 'en' });
    const { bodyClass } = themes[this.options.theme ?? 'dark'];
    // As the editor does, the class of the theme is there before the page's script runs.
    const kind = bodyClass.split(' ')[0]!;
    const themed = html.replace('<body>', `<body class="${bodyClass}" data-vscode-theme-kind="${kind}">`);
    await page.route(`${origin}/**`, async (route) => {
      if (route.request().url() === `${origin}/`) await route.fulfill({ contentType: 'text/html', body: themed });
      else if (route.request().url() === `${origin}/runs.js`)
        await route.fulfill({ contentType: 'text/javascript', body: await readFile(script, 'utf8') });
      else await route.abort();
    });
    await page.goto(`${origin}/`);
  }

  private async receive(data: unknown): Promise<void> {
    const message = fromRunsPanel(data);
    assert.ok(message, `the host does not take ${JSON.stringify(data)}`);
    this.sent.push(message);
    if (message.type === 'ready' && this.options.silent !== true) await this.postRows();
    if (message.type === 'show') {
      const shown = this.rows.filter(({ record }) => message.ids.includes(record.id));
      const { curves } = this.options;
      if (curves)
        await this.post({
          type: 'curves',
          curves: shown.map((row) => curves(row)).filter((curve) => curve !== undefined),
        });
    }
    if (message.type === 'mark') {
      const row = this.rows.find(({ record }) => record.id === message.id);
      const { note = row?.marks.note, pinned = row?.marks.pinned, name = row?.marks.name } = message;
      const marks = { ...(note ? { note } : {}), ...(pinned ? { pinned } : {}), ...(name ? { name } : {}) };
      if (row) await this.postRow({ ...row, marks });
    }
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
