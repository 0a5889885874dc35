import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { EvaluationRecord } from '../../protocol/evaluation';
import { type FromEvaluationPanel, type ToEvaluationPanel, fromEvaluationPanel } from '../../protocol/evaluationPanel';
import type { Evaluations } from '../evaluation/evaluations';
import { openDataRow } from '../evaluation/openDataRow';
import { Disposables } from '../platform/disposables';
import { loadPanelPage } from '../platform/panelPage';
import { mayEvaluate } from '../platform/trust';
import { saveExport } from './saveExport';

/** What an Evaluation panel needs of the extension. */
export interface EvaluationParts {
  readonly extension: vscode.Uri;
  readonly evaluations: Evaluations;
  readonly log: vscode.LogOutputChannel;
}

/** Milliseconds between two messages on how far it is; each makes the page read new rows. */
const sendTime = 500;

/**
 * One Evaluation panel, from its opening until it is closed. The folder on the disk is the truth: the record is read from it
 * whenever something changed there, whoever writes it, and the rows are handed on as they are.
 */
export class EvaluationPanel implements vscode.Disposable {
  readonly #own = new Disposables();
  /** The page has asked for its content, and has not been hidden (which unloads it) since. */
  #ready = false;
  #timer: NodeJS.Timeout | undefined;
  #record: EvaluationRecord | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    readonly folder: string,
    private readonly parts: EvaluationParts,
  ) {
    const { webview } = panel;
    const icons = vscode.Uri.joinPath(parts.extension, 'media', 'icons');
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
    this.#own.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#soon()));
    const noticed = (evaluation: { readonly folder: string | undefined }): void => {
      if (evaluation.folder === folder) this.#soon();
    };
    this.#own.add(parts.evaluations.onDidChange(noticed));
    this.#own.add(parts.evaluations.onDidEnd(({ evaluation }) => noticed(evaluation)));
    // Runs write their own, and so does the command line.
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '{evaluation.json,predictions.jsonl}');
    const watcher = this.#own.add(vscode.workspace.createFileSystemWatcher(pattern));
    this.#own.add(watcher.onDidChange(() => this.#soon()));
    this.#own.add(watcher.onDidCreate(() => this.#soon()));
    loadPanelPage(webview, parts.extension, 'evaluation', panel.title);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#ready = false;
    this.#own.dispose();
  }

  reveal(): void {
    this.panel.reveal();
  }

  async #receive(message: unknown): Promise<void> {
    const asked = fromEvaluationPanel(message);
    if (!asked) {
      this.parts.log.warn(vscode.l10n.t('The Evaluation panel sent something that is not one of its messages.'));
      return;
    }
    try {
      await this.#answer(asked);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }

  async #answer(asked: FromEvaluationPanel): Promise<void> {
    const { folder } = this;
    const { evaluations } = this.parts;
    switch (asked.type) {
      case 'ready':
        this.#ready = true;
        return this.#tell();
      case 'read': {
        const { readRowLines } = await import('../../runs/evaluationFolder');
        const { file, from } = asked;
        return this.#post({ type: 'lines', file, from, ...(await readRowLines(folder, file, from)) });
      }
      case 'stop': {
        const live = evaluations.ofFolder(folder);
        if (live) evaluations.stop(live);
        return;
      }
      case 'resume':
        await vscode.commands.executeCommand('softPrompt.resumeEvaluation', folder);
        return;
      case 'again': {
        this.#again(asked.rows);
        return;
      }
      case 'openRow': {
        const file = this.#record?.datasets[asked.dataset]?.path;
        return file === undefined ? undefined : openDataRow(file, asked.row);
      }
      case 'save':
        return saveExport(this.#record?.name ?? 'evaluation', folder, asked.format, asked.content);
      case 'copy':
        return vscode.env.clipboard.writeText(asked.text);
      case 'manageTrust':
        await vscode.commands.executeCommand('workbench.trust.manage');
    }
  }

  /** A new evaluation that asks the same about fewer rows; data sets with none of them are left out. */
  #again(rows: readonly (readonly number[])[]): void {
    const request = this.#record?.request;
    if (!request || !mayEvaluate()) return;
    const kept = request.datasets.map((dataset, index) => ({ dataset, rows: [...(rows[index] ?? [])] }));
    const asked = kept.filter((each) => each.rows.length > 0);
    if (asked.length === 0) return;
    const name = vscode.l10n.t('{0}: wrong ones again', this.#record?.name ?? '');
    this.parts.evaluations.start(
      { ...request, name, datasets: asked.map(({ dataset }) => dataset), rows: asked.map((each) => each.rows) },
      // It lies in RUNS/evaluations/ID, as does every one that was asked for.
      dirname(dirname(this.folder)),
    );
  }

  /** Tells what has changed, at most once a tick; what changes meanwhile goes with the next one. */
  #soon(): void {
    if (!this.#ready) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#tell();
    }, sendTime);
  }

  async #tell(): Promise<void> {
    const { folder } = this;
    const live = this.parts.evaluations.ofFolder(folder);
    try {
      const { readEvaluationRecord } = await import('../../runs/evaluationFolder');
      const record = await readEvaluationRecord(folder);
      this.#record = record;
      this.panel.title = panelTitle(record.name);
      const trusted = vscode.workspace.isTrusted;
      await this.#post({ type: 'evaluation', folder, record, trusted, live: live !== undefined });
      if (live?.phase) await this.#post({ type: 'progress', ...live.phase });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.parts.log.warn(message);
      await this.#post({ type: 'problem', folder, message });
    }
  }

  async #post(message: ToEvaluationPanel): Promise<void> {
    if (this.#ready) await this.panel.webview.postMessage(message);
  }
}

/** Title of the panel of an evaluation. */
export function panelTitle(name: string): string {
  return vscode.l10n.t('Evaluation: {0}', name);
}
