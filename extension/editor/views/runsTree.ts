import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Run, RunStatus } from '../../protocol/run';
import { commandAvailable } from '../../protocol/runsPanel';
import { Disposables } from '../platform/disposables';
import { runsFolder } from '../platform/settings';
import type { RunCatalog } from '../runs/runCatalog';
import { DrawnRows } from './drawnRows';
import { accessibleText, descriptionText, runName } from './runText';
import { tooltipMarkdown } from './runTooltip';

/** A run, or in a workspace of several folders the folder that has it. */
export type RunsTreeNode = RunNode | FolderNode;
export interface RunNode {
  readonly kind: 'run';
  readonly id: string;
}
interface FolderNode {
  readonly kind: 'folder';
  readonly folder: vscode.WorkspaceFolder;
}

/** Milliseconds between two redraws; a running run changes more often than anybody reads. */
const redrawTime = 500;
/** Milliseconds between two redraws of a row where only figures change: a click that is pressed before one and released after it is none. */
const figuresTime = 3000;

/** The Runs view: every run with its state and headline figure. */
export class RunsTree implements vscode.TreeDataProvider<RunsTreeNode>, vscode.Disposable {
  readonly #own = new Disposables();
  readonly #changed = this.#own.add(new vscode.EventEmitter<RunsTreeNode | undefined>());
  readonly #nodes = new Map<string, RunNode>();
  readonly #dirty = new Set<string>();
  readonly #view: vscode.TreeView<RunsTreeNode>;
  readonly #drawn = new DrawnRows(figuresTime);
  #redraw: NodeJS.Timeout | undefined;
  #all = false;
  /** What the view lists. While all its rows are drawn anew a click on one reaches no run, so that is done only where this changes. */
  #listed = '';

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(private readonly catalog: RunCatalog) {
    this.#own.add(
      catalog.onDidChange(({ id, journal }) => {
        if (journal) return;
        if (id === undefined) this.#all = true;
        else this.#dirty.add(id);
        this.#schedule();
      }),
    );
    this.#view = this.#own.add(
      vscode.window.createTreeView('softPrompt.runs', {
        treeDataProvider: this,
        showCollapseAll: false,
        canSelectMany: true,
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#redraw);
    this.#own.dispose();
  }

  /** Id of the run that is selected in the view. */
  get selected(): string | undefined {
    const [node] = this.#view.selection;
    return node?.kind === 'run' ? node.id : undefined;
  }

  async getChildren(node?: RunsTreeNode): Promise<RunsTreeNode[]> {
    const runs = await this.catalog.all();
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (!node) this.#listed = listing(runs);
    if (node?.kind === 'run') return [];
    if (node) return runs.filter((run) => isOf(run, node.folder)).map((run) => this.#node(run));
    if (folders.length < 2) return runs.map((run) => this.#node(run));
    return folders
      .filter((folder) => runs.some((run) => isOf(run, folder)))
      .map((folder) => ({ kind: 'folder', folder }));
  }

  async getTreeItem(node: RunsTreeNode): Promise<vscode.TreeItem> {
    if (node.kind === 'folder') {
      const item = new vscode.TreeItem(node.folder.name, vscode.TreeItemCollapsibleState.Expanded);
      item.id = node.folder.uri.toString();
      return item;
    }
    const run = await this.catalog.find(node.id);
    if (!run) return new vscode.TreeItem(node.id);
    const item = runItem(run);
    this.#drawn.drew(node.id, lookOf(item), Date.now());
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: RunsTreeNode): Promise<vscode.TreeItem> {
    const run = node.kind === 'run' ? await this.catalog.find(node.id) : undefined;
    if (run) item.tooltip = tooltipMarkdown(run);
    return item;
  }

  /** The same object for the same run, so that one row can be redrawn alone. */
  #node({ record: { id } }: Run): RunNode {
    const node = this.#nodes.get(id) ?? { kind: 'run', id };
    this.#nodes.set(id, node);
    return node;
  }

  async #fire(): Promise<void> {
    this.#redraw = undefined;
    const [all, dirty] = [this.#all, [...this.#dirty]];
    this.#all = false;
    this.#dirty.clear();
    const runs = all ? await this.catalog.all() : [];
    if (all && listing(runs) !== this.#listed) this.#changed.fire(undefined);
    else
      for (const id of all ? runs.map(({ record }) => record.id) : dirty)
        if (await this.#canWait(id)) this.#dirty.add(id);
        else this.#changed.fire(this.#nodes.get(id));
    if (this.#dirty.size > 0) this.#schedule();
  }

  #schedule(): void {
    this.#redraw ??= setTimeout(() => void this.#fire(), redrawTime);
  }

  /** Whether a run's row was drawn a moment ago and only its figures have changed since. */
  async #canWait(id: string): Promise<boolean> {
    const run = await this.catalog.find(id);
    return run !== undefined && this.#drawn.canWait(id, lookOf(runItem(run)), Date.now());
  }
}

/** What of a row a person acts on: its name, its state, its actions. */
function lookOf({ label, iconPath, contextValue }: vscode.TreeItem): string {
  return JSON.stringify([label, iconPath, contextValue]);
}

/** The same for the same rows in the same order. */
function listing(runs: readonly Run[]): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return JSON.stringify([folders.map(({ uri, name }) => [uri.toString(), name]), runs.map(({ folder }) => folder)]);
}

function isOf(run: Run, folder: vscode.WorkspaceFolder): boolean {
  return dirname(run.folder) === runsFolder(folder.uri);
}

const icons: Readonly<Record<RunStatus, [icon: string, colour?: string]>> = {
  running: ['sync~spin', 'charts.blue'],
  finished: ['pass', 'testing.iconPassed'],
  stopped: ['debug-stop'],
  failed: ['error', 'testing.iconFailed'],
  interrupted: ['debug-disconnect', 'charts.yellow'],
};

/** How one run looks in the view. `contextValue` says what can be done with it, for the `when` clauses of package.json. */
export function runItem(run: Run): vscode.TreeItem {
  const { status, id } = run.record;
  const item = new vscode.TreeItem(runName(run));
  const [icon, colour] = icons[status];
  item.id = id;
  item.iconPath = new vscode.ThemeIcon(icon, colour ? new vscode.ThemeColor(colour) : undefined);
  item.description = descriptionText(run);
  item.accessibilityInformation = { label: accessibleText(run), role: 'treeitem' };
  item.command = { command: 'softPrompt.showRuns', title: vscode.l10n.t('Show Run'), arguments: [id] };
  const row = { ...run, colour: 0 };
  item.contextValue = [
    'run',
    status,
    ...(commandAvailable('resume', row, true) ? ['resumable'] : []),
    ...(commandAvailable('openCheckpoint', row, true) ? ['checkpoint'] : []),
    ...(commandAvailable('openExperiment', row, true) ? ['experiment'] : []),
  ].join(' ');
  return item;
}
