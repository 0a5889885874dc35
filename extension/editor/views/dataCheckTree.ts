import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Finding, FoundRow, PartSummary, Severity } from '../../protocol/dataCheck';
import type { DataChecks } from '../dataCheck/dataChecks';
import { findingExtent, findingTitle, partFacts, partText, reportText, severityWord } from '../dataCheck/findingText';
import { ContextKey, setContextKey } from '../platform/contextKeys';
import { Disposables } from '../platform/disposables';

/** A part of the data; a finding, the sentences and the rows below it. */
export type DataCheckNode =
  | { readonly kind: 'part'; readonly part: PartSummary }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'text'; readonly text: string; readonly icon: string }
  | { readonly kind: 'row'; readonly row: FoundRow };

/** The Data Check view: what the last check found, the weightiest first; each finding opens its rows. */
export class DataCheckTree implements vscode.TreeDataProvider<DataCheckNode>, vscode.Disposable {
  readonly #own = new Disposables();
  readonly #changed = this.#own.add(new vscode.EventEmitter<undefined>());
  readonly #view: vscode.TreeView<DataCheckNode>;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(private readonly checks: DataChecks) {
    this.#view = this.#own.add(
      vscode.window.createTreeView('softPrompt.dataCheck', { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#own.add(
      checks.onDidShow((report) => {
        setContextKey(ContextKey.DataChecked, true);
        this.#view.description = basename(report.file);
        this.#view.message = reportText(report);
        this.#changed.fire(undefined);
        void vscode.commands.executeCommand('softPrompt.dataCheck.focus');
      }),
    );
  }

  dispose(): void {
    this.#own.dispose();
  }

  getChildren(node?: DataCheckNode): DataCheckNode[] {
    const { report } = this.checks;
    if (!node)
      return report
        ? [
            ...report.findings.map((finding) => ({ kind: 'finding', finding }) as const),
            ...report.parts.map((part) => ({ kind: 'part', part }) as const),
          ]
        : [];
    if (node.kind === 'part') return partFacts(node.part).map((text) => ({ kind: 'text', text, icon: 'dash' }));
    return node.kind === 'finding' ? findingChildren(node.finding) : [];
  }

  getTreeItem(node: DataCheckNode): vscode.TreeItem {
    switch (node.kind) {
      case 'part':
        return partItem(node.part);
      case 'finding':
        return findingItem(node.finding);
      case 'text':
        return textItem(node.text, node.icon);
      case 'row':
        return rowItem(node.row);
    }
  }
}

function findingChildren({ text, advice, rows, count }: Finding): DataCheckNode[] {
  const more = count - rows.length;
  return [
    { kind: 'text', text, icon: 'comment' },
    ...(advice === undefined ? [] : [{ kind: 'text', text: advice, icon: 'lightbulb' } as const]),
    ...rows.map((row) => ({ kind: 'row', row }) as const),
    ...(rows.length > 0 && more > 0
      ? [{ kind: 'text', text: vscode.l10n.t('and {0} more', more.toLocaleString('en')), icon: 'ellipsis' } as const]
      : []),
  ];
}

const icons: Readonly<Record<Severity, readonly [icon: string, colour: string]>> = {
  error: ['error', 'list.errorForeground'],
  warning: ['warning', 'list.warningForeground'],
  note: ['info', 'foreground'],
};

function findingItem(finding: Finding): vscode.TreeItem {
  const { rule, severity, text, advice } = finding;
  const item = new vscode.TreeItem(findingTitle(rule), vscode.TreeItemCollapsibleState.Collapsed);
  const [icon, colour] = icons[severity];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
  item.description = findingExtent(finding);
  item.tooltip = advice === undefined ? text : `${text}\n\n${advice}`;
  item.accessibilityInformation = { label: `${severityWord(severity)}: ${text}`, role: 'treeitem' };
  item.contextValue = 'finding';
  return item;
}

function partItem(part: PartSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(part.part, vscode.TreeItemCollapsibleState.Collapsed);
  item.iconPath = new vscode.ThemeIcon('table');
  item.description = partText(part);
  item.tooltip = partFacts(part).join('\n');
  item.accessibilityInformation = { label: `${part.part}: ${partText(part)}`, role: 'treeitem' };
  item.contextValue = 'part';
  return item;
}

function textItem(text: string, icon: string): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.tooltip = text;
  item.contextValue = 'text';
  return item;
}

function rowItem({ file, row, detail }: FoundRow): vscode.TreeItem {
  const title = `${basename(file)}:${row}`;
  const item = new vscode.TreeItem(title);
  item.iconPath = new vscode.ThemeIcon('go-to-file');
  if (detail !== undefined) item.description = detail;
  item.tooltip = detail === undefined ? title : `${title}\n${detail}`;
  item.command = { command: 'softPrompt.openFoundRow', title: vscode.l10n.t('Open Row'), arguments: [{ file, row }] };
  item.contextValue = 'row';
  return item;
}
