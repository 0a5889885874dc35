import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Frame, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../../tools/chromium.mjs';
import { livingIn, repository, startServer, type Server } from '../../tools/vscode-server.mjs';
import type { JournalEntry, RunRecord } from '../../extension/protocol/run';

export interface WorkbenchOptions {
  /** Folders start untrusted, as on a desktop. */
  readonly workspaceTrust?: boolean;
  /** User settings beside those of all tests. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folders to copy into the workspace: name there -> where it is copied from. */
  readonly folders?: Readonly<Record<string, string>>;
  /** What is done with the workspace before it is opened. */
  readonly prepare?: (workspace: string) => void;
  /** Environment of the editor and what it starts. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a step of the interface may take on a loaded machine. */
const interfaceMilliseconds = 120_000;
const userSettings = {
  'files.autoSave': 'off',
  'window.confirmBeforeClose': 'never',
  // A tooltip that opens under the pointer covers the row that is clicked next.
  'workbench.hover.delay': 3_600_000,
};
const pollMilliseconds = 200;
/** Looks for a toast before the notification centre is opened. */
const looksBeforeCentre = 15;

/** VS Code in a browser, on a workspace of its own, with the extension installed: from the repository, or from VSIX. */
export class Workbench {
  /** Every address outside this machine that the page asked for. */
  readonly outside: string[] = [];

  private constructor(
    readonly server: Server,
    private readonly browser: Browser,
    readonly page: Page,
    readonly workspace: string,
    /** The person's home folder, with the caches in it; empty at the start. */
    readonly home: string,
  ) {
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      // The second is how a webview names its own resources; its service worker answers.
      const inside = hostname === '127.0.0.1' || hostname.endsWith('.vscode-resource.vscode-cdn.net');
      if (/^(http|ws)s?:$/.test(protocol) && !inside) this.outside.push(request.url());
    });
  }

  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const workspace = await mkdtemp(join(tmpdir(), 'vsc-workspace-'));
    await cp(resolve('test/e2e/workspace'), workspace, { recursive: true });
    // A real architecture with random weights: a step takes milliseconds.
    await cp(resolve('test/fixtures/models/llama-tied'), join(workspace, 'model'), { recursive: true });
    for (const [name, from] of Object.entries(options.folders ?? {})) {
      await cp(resolve(from), join(workspace, name), { recursive: true });
    }
    options.prepare?.(workspace);
    const home = await mkdtemp(join(tmpdir(), 'vsc-home-'));
    const server = await startServer({
      extension: process.env['VSIX'] ?? repository,
      workspaceTrust: options.workspaceTrust ?? false,
      // CI would hide what onnxruntime does when nobody switches its telemetry off.
      env: { CI: undefined, ...livingIn(home), ...options.env },
      settings: { ...userSettings, ...options.settings },
    });
    const executablePath = chromiumPath();
    const launching = chromium.launch({ args: chromiumArguments, ...(executablePath ? { executablePath } : {}) });
    const browser = await launching.catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(interfaceMilliseconds);
    const workbench = new Workbench(server, browser, page, workspace, home);
    try {
      await page.goto(`${server.url}/?${new URLSearchParams({ folder: workspace }).toString()}`);
      await workbench.file('reviews.jsonl').waitFor();
    } catch (error) {
      await workbench.picture('a window that did not open');
      await workbench.close();
      throw error;
    }
    return workbench;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    for (const folder of [this.workspace, this.home]) await rm(folder, { recursive: true, force: true });
  }

  /** A picture of the window in the folder that SCREENSHOTS names, or in out/screenshots. */
  async picture(name: string): Promise<void> {
    const folder = process.env['SCREENSHOTS'] ?? 'out/screenshots';
    await mkdir(folder, { recursive: true });
    // Without `animations` menus and messages are caught half faded in.
    await this.page.screenshot({ path: join(folder, `${name.replaceAll(/\W+/g, '-')}.png`), animations: 'disabled' });
  }

  /** Runs a command by its title, through the palette. */
  async command(title: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    // The palette lists what is possible at the moment it opens: it is opened again until the command is.
    await until(async () => {
      await this.typeIntoPalette(title);
      const offered = await row.waitFor({ timeout: 3000 }).then(
        () => true,
        () => undefined,
      );
      if (!offered) await this.page.keyboard.press('Escape');
      return offered;
    });
    await this.page.keyboard.press('Enter');
  }

  private async typeIntoPalette(words: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type=text]');
    // Whatever takes the focus meanwhile closes it.
    await until(async () => {
      await this.page.keyboard.press('F1');
      const typing = input.fill(`>${words}`, { timeout: 3000 });
      return typing.then(
        () => true,
        () => undefined,
      );
    });
  }

  /** Titles that the palette offers for some words. */
  async commandsOffered(words: string): Promise<string[]> {
    await this.typeIntoPalette(words);
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    const titles = await rows.allInnerTexts();
    await this.page.keyboard.press('Escape');
    return titles;
  }

  /** Answers a question for a line of text, once it is the one asked. */
  async answer(question: string, text: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible', { hasText: question });
    await widget.waitFor();
    await widget.locator('input[type=text]').fill(text);
    await widget.locator('input[type=text]').press('Enter');
  }

  /** Takes what a question proposes, once it is the one asked. The question is seen before it has the focus. */
  async acceptProposal(question: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible', { hasText: question });
    await widget.locator('input[type=text]').press('Enter');
  }

  /** The choices of the question that is being asked. */
  choice(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row', { hasText: text });
  }

  /** A file or folder in the explorer. */
  file(name: string): Locator {
    return this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
  }

  /** Writes a file into the workspace and waits for it in the explorer, which on a busy machine now and then misses one. */
  async addFile(name: string, text: string): Promise<void> {
    await writeFile(join(this.workspace, name), text);
    await until(async () => {
      const seen = await this.file(name)
        .waitFor({ timeout: 10_000 })
        .then(
          () => true,
          () => undefined,
        );
      if (!seen) await this.command('Refresh Explorer');
      return seen;
    });
  }

  /**
   * Chooses two files in the explorer, as a click and one with Ctrl do. The click opens the first, and until its editor is there the explorer
   * may yet choose that one alone.
   */
  async chooseFiles(first: string, second: string): Promise<void> {
    await until(async () => {
      await this.file(first).click();
      await this.page.locator('.tab.active', { hasText: first }).waitFor();
      await this.page.locator('.editor-instance .view-line').first().waitFor();
      await this.file(second).click({ modifiers: ['ControlOrMeta'] });
      const chosen = [first, second].map((name) => this.file(name).getAttribute('aria-selected'));
      return (await Promise.all(chosen)).every((each) => each === 'true') ? true : undefined;
    });
  }

  /** Opens a file in an editor that stays. */
  async openFile(name: string): Promise<void> {
    await this.file(name).dblclick();
    await this.page.locator('.tab', { hasText: name }).waitFor();
  }

  /** Starts the run that an experiment file of the workspace describes. */
  async tuneExperiment(name: string): Promise<void> {
    await this.openFile(name);
    await this.page
      .locator('.editor-actions')
      .getByRole('button', { name: 'Tune Prompt from This Experiment' })
      .click();
  }

  /** Does something while the window is a number of times slower than this machine. */
  async slowed(times: number, act: () => Promise<void>): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: times });
    await act();
    await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await session.detach();
  }

  async contextMenu(on: Locator, item: string): Promise<void> {
    await this.page.mouse.move(0, 0);
    await on.click({ button: 'right' });
    // By the keyboard: for a moment after it opened the menu takes no click, lest the one that opened it chooses something.
    const entry = this.page.locator('.monaco-menu .action-item', { hasText: item });
    await entry.hover();
    await entry.and(this.page.locator('.focused')).waitFor();
    await this.page.keyboard.press('Enter');
    await entry.waitFor({ state: 'detached' });
  }

  /** A message in the corner. Hidden ones (all but the last three) are not seen. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /**
   * A message, wherever it is: its toast, or its row in the notification centre, which is opened where no toast comes. VS Code shows no
   * toast for the third message within 0.8 seconds, and hides all but the last three.
   */
  async message(text: string | RegExp): Promise<Locator> {
    const centre = this.page.locator('.notifications-center.visible');
    const row = centre.locator('.notification-list-item', { hasText: text }).first();
    const toast = this.notification(text).last();
    let looks = 0;
    return until(async () => {
      if (await toast.isVisible()) return toast;
      if (await row.isVisible()) return row;
      const unseen = looks++ >= looksBeforeCentre && !(await centre.isVisible());
      if (unseen) await this.page.locator('[id="status.notifications"]').click();
      return undefined;
    });
  }

  /** What the notification centre holds. */
  private async messages(): Promise<string[]> {
    const centre = this.page.locator('.notifications-center.visible');
    if (!(await centre.isVisible())) await this.page.locator('[id="status.notifications"]').click();
    return centre.locator('.notification-list-item').allInnerTexts();
  }

  /** Opens the side bar of the extension. */
  async showRunsTree(): Promise<void> {
    await this.command('View: Show Soft Prompt');
    await this.page.locator('.sidebar .title-label', { hasText: 'Soft Prompt' }).waitFor();
  }

  /** The rows of one of the side bar's views. */
  treeRows(view: 'Runs' | 'Models'): Locator {
    return this.page.getByRole('tree', { name: view }).locator('.monaco-list-row');
  }

  /** A run in the tree. */
  treeRun(name: string | RegExp): Locator {
    return this.treeRows('Runs').filter({ hasText: name });
  }

  /**
   * Clicks an action of a run's row until the row no longer offers it. The row of a running run is drawn anew now and then, and a click
   * whose press and release fall on two drawings is none.
   */
  async runAction(name: string, action: string): Promise<void> {
    const button = this.treeRun(name).getByRole('button', { name: action });
    await until(async () => {
      await this.treeRun(name).hover();
      await button.click();
      return button.waitFor({ state: 'detached', timeout: 10_000 }).then(
        () => true,
        () => undefined,
      );
    });
  }

  /** The content of the Runs panel. */
  get panel(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** The page of the Runs panel, for scripts that run in it. */
  async panelPage(): Promise<Frame> {
    const outer = await (await this.page.waitForSelector('iframe.webview.ready')).contentFrame();
    const inner = await (await outer?.waitForSelector('iframe#active-frame'))?.contentFrame();
    return inner ?? assert.fail('The Runs panel has no page.');
  }

  get trainingStatus(): Locator {
    return this.page.locator('[id="soft-prompt-studio.soft-prompt-studio.training"]');
  }

  /** As a person does it: the window keeps its layout, and the extension host starts anew. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.command('Developer: Reload Window');
    await loaded;
    await this.file('reviews.jsonl').waitFor();
  }

  /** Run folders of the workspace, oldest first. */
  async runFolders(): Promise<string[]> {
    const folder = join(this.workspace, '.prompt-runs');
    const names = await readdir(folder).catch(() => []);
    return names
      .filter((name) => !name.startsWith('.'))
      .map((name) => join(folder, name))
      .sort();
  }

  /** The record of a run as it is on disk, or undefined before it is written. */
  async record(folder: string): Promise<RunRecord | undefined> {
    const text = await readFile(join(folder, 'run.json'), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as RunRecord);
  }

  async journal(folder: string): Promise<JournalEntry[]> {
    const text = await readFile(join(folder, 'metrics.jsonl'), 'utf8');
    const lines = text.split('\n').filter((line) => line.endsWith('}'));
    return lines.map((line) => JSON.parse(line) as JournalEntry);
  }

  /** Waits until a run, other than those known before, is as described; its record then. */
  async runThat(
    is: (record: RunRecord) => boolean,
    { known = [], minutes = 4 }: { readonly known?: readonly string[]; readonly minutes?: number } = {},
  ): Promise<RunRecord & { readonly folder: string }> {
    const look = async (): Promise<(RunRecord & { readonly folder: string })[]> => {
      const folders = (await this.runFolders()).filter((folder) => !known.includes(folder));
      const records = await Promise.all(folders.map(async (folder) => ({ folder, record: await this.record(folder) })));
      return records.flatMap(({ folder, record }) => (record ? [{ ...record, folder }] : []));
    };
    const find = async (): Promise<(RunRecord & { readonly folder: string }) | undefined> => {
      const runs = await look();
      const found = runs.find(is);
      const failed = runs.find(({ status }) => status === 'failed');
      if (!found && failed) assert.fail(`${failed.name} failed: ${failed.reason ?? 'without a reason'}`);
      return found;
    };
    return until(find, {
      minutes,
      describe: async () =>
        `There is: ${JSON.stringify(await look(), null, 1)}\nMessages: ${JSON.stringify(await this.messages())}`,
    });
  }
}

/** Asks again and again until there is an answer. */
export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  { minutes = 2, describe = () => Promise.resolve('') }: { minutes?: number; describe?: () => Promise<string> } = {},
): Promise<T> {
  const end = Date.now() + minutes * 60_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) assert.fail(`Not so within ${minutes} minutes. ${await describe()}`);
    await new Promise((done) => setTimeout(done, pollMilliseconds));
  }
}

/** Processes of this machine whose command line holds some words (Linux). */
export async function processes(words: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.replaceAll('\0', ' ').includes(words)) found.push(Number(name));
  }
  return found;
}
