import * as vscode from 'vscode';
import type { ModelEntry, ModelSource } from '../../protocol/models';
import type { ModelCatalog } from '../models/modelCatalog';
import { modelSources } from '../models/modelSources';
import { ContextKey, setContextKey } from '../platform/contextKeys';
import { Disposables } from '../platform/disposables';
import {
  type HintNode,
  type ModelGroup,
  ModelRows,
  type ModelsTreeNode,
  type RecommendationNode,
  type RecommendedNode,
} from './modelRows';
import {
  type Fitness,
  accessibleModelText,
  fitness,
  fitnessText,
  modelFacts,
  modelName,
  sourceText,
} from './modelText';
import { modelTooltip } from './modelTooltip';
import { recommendationItem } from './recommendedModels';

/** The Models view: every model of this machine, by the place it was found in. Nothing is looked for before it is first shown. */
export class ModelsTree implements vscode.TreeDataProvider<ModelsTreeNode>, vscode.Disposable {
  readonly #own = new Disposables();
  readonly #changed = this.#own.add(new vscode.EventEmitter<ModelsTreeNode[] | undefined>());
  readonly #view: vscode.TreeView<ModelsTreeNode>;
  readonly #rows = new ModelRows((model) => JSON.stringify(this.#item(model)));

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    private readonly catalog: ModelCatalog,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#own.add(catalog.onDidChange(() => void this.#redraw()));
    this.#view = this.#own.add(
      vscode.window.createTreeView('softPrompt.models', { treeDataProvider: this, showCollapseAll: false }),
    );
  }

  dispose(): void {
    this.#own.dispose();
  }

  /** The model that is selected in the view. */
  get selected(): ModelEntry | undefined {
    const [node] = this.#view.selection;
    return node?.kind === 'model' ? node.model : undefined;
  }

  /** Shows a model in the view and selects it. */
  async show(id: string): Promise<void> {
    await vscode.commands.executeCommand('softPrompt.models.focus');
    const [group, model] = (await this.#find(id)) ?? [];
    if (group && model) await this.#view.reveal(this.#rows.node(model), { select: true, focus: true });
  }

  async getChildren(node?: ModelsTreeNode): Promise<ModelsTreeNode[]> {
    if (node?.kind === 'source') return this.#rows.of(node);
    if (node?.kind === 'recommended') return this.#recommended();
    if (node) return [];
    const groups = await this.#look();
    this.#rows.take(groups);
    const alone = this.#onlyBundled;
    const hints: readonly HintNode[] = alone
      ? [
          { kind: 'hint', hint: 'download' },
          { kind: 'hint', hint: 'add' },
        ]
      : [];
    const recommended: readonly RecommendedNode[] = groups.length > 0 ? [{ kind: 'recommended' }] : [];
    return [...groups.map(({ source }) => ({ kind: 'source', source }) as const), ...recommended, ...hints];
  }

  async getParent(node: ModelsTreeNode): Promise<ModelsTreeNode | undefined> {
    const [group] = node.kind === 'model' ? ((await this.#find(node.model.id)) ?? []) : [];
    return group && { kind: 'source', source: group.source };
  }

  getTreeItem(node: ModelsTreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'source':
        return sourceItem(node.source, this.#rows.of(node).length);
      case 'model':
        return this.#item(node.model);
      case 'recommended':
        return recommendedItem(this.#onlyBundled);
      case 'recommendation':
        return recommendationItem(node.model);
      case 'hint':
        return hintItem(node);
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: ModelsTreeNode): vscode.TreeItem {
    if (node.kind === 'model') item.tooltip = modelTooltip(node.model);
    return item;
  }

  #item(model: ModelEntry): vscode.TreeItem {
    return modelItem(model, this.catalog.places.added.includes(model.path));
  }

  /** Whether there is no other model on this machine than the one that the extension brings. */
  get #onlyBundled(): boolean {
    const groups = this.#rows.groups ?? [];
    return groups.length > 0 && groups.every(({ source }) => source === 'bundled');
  }

  /** What is worth downloading; where that cannot be found out, the log says why. */
  async #recommended(): Promise<RecommendationNode[]> {
    try {
      const { models } = await this.catalog.recommend();
      return models.map((model) => ({ kind: 'recommendation', model }));
    } catch (error) {
      this.log.error(error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  async #redraw(): Promise<void> {
    // What nobody has looked at yet is not looked for.
    const redrawn = this.#rows.groups ? this.#rows.take(await this.#look()) : 'all';
    if (redrawn === 'all') this.#changed.fire(undefined);
    else if (redrawn.length > 0) this.#changed.fire([...redrawn]);
  }

  async #look(): Promise<ModelGroup[]> {
    try {
      const { models, problems } = await this.catalog.list();
      setContextKey(ContextKey.ModelsUnknown, false);
      this.#view.message = problems.join('\n');
      return modelSources
        .map((source) => ({ source, models: models.filter((model) => model.source === source) }))
        .filter((group) => group.models.length > 0);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.log.error(message);
      this.#view.message = message;
      setContextKey(ContextKey.ModelsUnknown, true);
      return [];
    }
  }

  async #find(id: string): Promise<[ModelGroup, ModelEntry] | undefined> {
    if (!this.#rows.groups?.length) await this.getChildren();
    for (const group of this.#rows.groups ?? []) {
      const model = group.models.find((each) => each.id === id);
      if (model) return [group, model];
    }
    return undefined;
  }
}

function sourceItem(source: ModelSource, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(sourceText(source), vscode.TreeItemCollapsibleState.Expanded);
  item.id = source;
  item.contextValue = 'source';
  item.description = String(count);
  const label =
    count === 1
      ? vscode.l10n.t('{0}, one model', sourceText(source))
      : vscode.l10n.t('{0}, {1} models', sourceText(source), count);
  item.accessibilityInformation = { label, role: 'treeitem' };
  return item;
}

const icons: Readonly<Record<Fitness, [icon: string, colour?: string]>> = {
  runs: ['pass', 'testing.iconPassed'],
  tight: ['warning', 'list.warningForeground'],
  unfit: ['circle-slash'],
  damaged: ['error', 'list.errorForeground'],
};

/**
 * How one model looks in the view. `contextValue` says what can be done with it, for the `when` clauses of package.json.
 *
 * @param added by the person, so that it can be taken out of the list.
 */
export function modelItem(model: ModelEntry, added: boolean): vscode.TreeItem {
  const how = fitness(model);
  const [icon, colour] = icons[how];
  const item = new vscode.TreeItem(modelName(model));
  item.id = model.id;
  item.iconPath = new vscode.ThemeIcon(icon, colour ? new vscode.ThemeColor(colour) : undefined);
  // What is unusual comes first: a narrow side bar cuts the rest.
  const told = how === 'runs' ? [modelFacts(model), fitnessText(model)] : [fitnessText(model), modelFacts(model)];
  item.description = told.join(' · ');
  item.accessibilityInformation = { label: accessibleModelText(model), role: 'treeitem' };
  item.contextValue = [
    'model',
    ...(how === 'damaged' ? [] : ['usable']),
    ...(model.removable ? ['removable'] : []),
    ...(added ? ['added'] : []),
  ].join(' ');
  return item;
}

/** @param open whether its models are looked for at once; otherwise when somebody opens it. */
function recommendedItem(open: boolean): vscode.TreeItem {
  const state = open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(vscode.l10n.t('Recommended for This Machine'), state);
  item.id = 'recommended';
  item.contextValue = 'recommended';
  return item;
}

function hintItem({ hint }: HintNode): vscode.TreeItem {
  const [title, icon, command] =
    hint === 'download'
      ? [vscode.l10n.t('Download a model from the Hub...'), 'cloud-download', 'softPrompt.downloadModel']
      : [vscode.l10n.t('Add a model folder or GGUF file...'), 'add', 'softPrompt.addModel'];
  const item = new vscode.TreeItem(title);
  item.id = hint;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.command = { command, title };
  item.contextValue = 'hint';
  item.accessibilityInformation = { label: title, role: 'button' };
  return item;
}
