import * as vscode from 'vscode';
import { type RunCommand, type ToRunsPanel, fromRunsPanel } from '../../protocol/runsPanel';
import { Disposables } from '../platform/disposables';
import { loadPanelPage } from '../platform/panelPage';
import type { CatalogChange, RunCatalog } from '../runs/runCatalog';

const viewType = 'softPrompt.runs';

/** Milliseconds between two messages to the panel: ten a second are as live as an eye can follow. */
const sendTime = 100;

/** Command of the editor for each button of the panel. */
const commandOf: Readonly<Record<RunCommand, string>> = {
  stop: 'softPrompt.stopRun',
  resume: 'softPrompt.resumeRun',
  delete: 'softPrompt.deleteRun',
  reveal: 'softPrompt.revealRun',
  copyPath: 'softPrompt.copyRunPath',
  openCheckpoint: 'softPrompt.openCheckpoint',
  inspect: 'softPrompt.inspectPrompt',
  evaluate: 'softPrompt.evaluateRun',
  diff: 'softPrompt.diffPrompts',
  openLog: 'softPrompt.openRunLog',
  openExperiment: 'softPrompt.openRunExperiment',
};

/**
 * The Runs panel's side in the extension host: one panel a window, opened by a command or brought back after a reload. It holds
 * nothing of its own; a panel that loads asks for everything (`ready`), and while it is hidden it is told nothing.
 */
export class RunsPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #own = new Disposables();
  #open: OpenPanel | undefined;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly catalog: RunCatalog,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#own.add(vscode.window.registerWebviewPanelSerializer(viewType, this));
    this.#own.add(catalog.onDidChange((change) => this.#open?.changed(change)));
    this.#own.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#open?.changed({})));
  }

  dispose(): void {
    this.#open?.dispose();
    this.#own.dispose();
  }

  /** Whether a person can see it now. */
  get visible(): boolean {
    return this.#open?.visible ?? false;
  }

  /** Opens the panel, or brings it to the front, with a run selected. `beside`: next to the editor, which keeps the focus. */
  show({ run, beside = false }: { readonly run?: string | undefined; readonly beside?: boolean } = {}): void {
    if (this.#open) this.#open.reveal(beside);
    else {
      const column = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
      const title = vscode.l10n.t('Runs');
      this.#take(vscode.window.createWebviewPanel(viewType, title, { viewColumn: column, preserveFocus: beside }));
    }
    if (run !== undefined) this.select(run);
  }

  /** Selects a run, where the panel is open. */
  select(run: string): void {
    this.#open?.select(run);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#open) panel.dispose();
    else this.#take(panel);
    return Promise.resolve();
  }

  #take(panel: vscode.WebviewPanel): void {
    const open = new OpenPanel(panel, this.extension, this.catalog, this.log);
    this.#open = open;
    panel.onDidDispose(() => {
      open.dispose();
      if (this.#open === open) this.#open = undefined;
    });
  }
}

/** One panel, from its opening until it is closed. */
class OpenPanel implements vscode.Disposable {
  readonly #own = new Disposables();
  /** The page has asked for its content, and has not been hidden (which unloads it) since. */
  #ready = false;
  #selected: string | undefined;
  #shown: readonly string[] = [];
  #all = false;
  readonly #rows = new Set<string>();
  readonly #curves = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #sending = false;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    extension: vscode.Uri,
    private readonly catalog: RunCatalog,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const { webview } = panel;
    const icons = vscode.Uri.joinPath(extension, 'media', 'icons');
    panel.iconPath = {
      light: vscode.Uri.joinPath(icons, 'runs-light.svg'),
      dark: vscode.Uri.joinPath(icons, 'runs-dark.svg'),
    };
    this.#own.add(webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)));
    this.#own.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
      }),
    );
    this.#own.add(panel);
    loadPanelPage(webview, extension, 'runs', vscode.l10n.t('Runs'));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#ready = false;
    this.#own.dispose();
  }

  get visible(): boolean {
    return this.panel.visible;
  }

  reveal(preserveFocus: boolean): void {
    this.panel.reveal(undefined, preserveFocus);
  }

  select(run: string): void {
    this.#selected = run;
    this.#soon();
  }

  changed({ id, journal }: CatalogChange): void {
    if (id === undefined) {
      this.#all = true;
      for (const each of this.#shown) this.#curves.add(each);
    } else {
      this.#rows.add(id);
      if (journal && this.#shown.includes(id)) this.#curves.add(id);
    }
    this.#soon();
  }

  async #receive(message: unknown): Promise<void> {
    const asked = fromRunsPanel(message);
    switch (asked?.type) {
      case undefined:
        this.log.warn(vscode.l10n.t('The Runs panel sent something that is not one of its messages.'));
        return;
      case 'ready':
        this.#ready = true;
        this.#all = true;
        this.#soon();
        return;
      case 'show':
        this.#shown = asked.ids;
        for (const id of asked.ids) this.#curves.add(id);
        this.#soon();
        return;
      case 'command':
        await vscode.commands.executeCommand(commandOf[asked.command], asked.id);
        return;
      case 'mark': {
        const { id, note, pinned, name } = asked;
        await this.catalog.mark(id, {
          ...(note === undefined ? {} : { note }),
          ...(pinned === undefined ? {} : { pinned }),
          ...(name === undefined ? {} : { name }),
        });
        return;
      }
      case 'tune':
        await vscode.commands.executeCommand('softPrompt.tunePrompt');
        return;
      case 'manageTrust':
        await vscode.commands.executeCommand('workbench.trust.manage');
        return;
    }
  }

  /** Sends what has changed, at most once a tick; what changes meanwhile goes with the next one. */
  #soon(): void {
    if (!this.#ready || this.#sending) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, sendTime);
  }

  async #send(): Promise<void> {
    this.#sending = true;
    try {
      for (const message of await this.#messages()) {
        if (this.#ready) await this.panel.webview.postMessage(message);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.log.error(message);
      if (this.#ready) await this.panel.webview.postMessage({ type: 'problem', message } satisfies ToRunsPanel);
    } finally {
      this.#sending = false;
    }
    if (this.#all || this.#rows.size > 0 || this.#curves.size > 0) this.#soon();
  }

  async #messages(): Promise<ToRunsPanel[]> {
    const all = this.#all;
    const changed = [...this.#rows];
    const curves = [...this.#curves];
    const selected = this.#selected;
    this.#all = false;
    this.#rows.clear();
    this.#curves.clear();
    this.#selected = undefined;
    const messages: ToRunsPanel[] = [];
    if (all) {
      const rows = await this.catalog.rows();
      messages.push({ type: 'runs', rows, trusted: vscode.workspace.isTrusted, problems: this.catalog.problems });
    } else {
      for (const id of changed) {
        const row = await this.catalog.row(id);
        if (row) messages.push({ type: 'run', row });
      }
    }
    if (curves.length > 0) messages.push({ type: 'curves', curves: await this.catalog.curves(curves) });
    if (selected !== undefined) messages.push({ type: 'select', id: selected });
    return messages;
  }
}
