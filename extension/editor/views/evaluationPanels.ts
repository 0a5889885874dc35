import { basename } from 'node:path';
import * as vscode from 'vscode';
import { restoredFolder } from '../../protocol/evaluationPanel';
import { Disposables } from '../platform/disposables';
import { EvaluationPanel, type EvaluationParts, panelTitle } from './evaluationPanel';

const panelType = 'softPrompt.evaluation';

/** The Evaluation panels of this window, one an evaluation; brought back after a reload. */
export class EvaluationPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #own = new Disposables();
  readonly #open = new Set<EvaluationPanel>();

  constructor(private readonly parts: EvaluationParts) {
    this.#own.add(vscode.window.registerWebviewPanelSerializer(panelType, this));
  }

  dispose(): void {
    for (const panel of this.#open) panel.dispose();
    this.#own.dispose();
  }

  /** Opens an evaluation by its folder (absolute), or brings the panel to the front that shows it. */
  show(folder: string, name = basename(folder)): void {
    const open = [...this.#open].find((panel) => panel.folder === folder);
    if (open) open.reveal();
    else this.#take(vscode.window.createWebviewPanel(panelType, panelTitle(name), vscode.ViewColumn.Active), folder);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const folder = restoredFolder(state);
    if (folder === undefined) panel.dispose();
    else this.#take(panel, folder);
    return Promise.resolve();
  }

  #take(panel: vscode.WebviewPanel, folder: string): void {
    const open = new EvaluationPanel(panel, folder, this.parts);
    this.#open.add(open);
    panel.onDidDispose(() => {
      open.dispose();
      this.#open.delete(open);
    });
  }
}
