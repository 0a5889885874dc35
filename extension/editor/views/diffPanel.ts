import * as vscode from 'vscode';
import {
  type DiffSubject,
  type FromDiffPanel,
  type ToDiffPanel,
  fromDiffPanel,
  restoredDiffSubject,
} from '../../protocol/diffPanel';
import type { PromptDiff } from '../../protocol/inspection';
import type { JobResults } from '../../protocol/trainer';
import type { Trainer } from '../../trainer/client';
import { type Obstacle, baseFolder, obstacleOf, untrusted } from '../inspection/inspection';
import { placeName, promptHash } from '../inspection/promptFiles';
import { promptTextUri } from '../inspection/promptTexts';
import { Disposables } from '../platform/disposables';
import { loadPanelPage } from '../platform/panelPage';
import { askModel } from '../tunePrompt/askModel';
import type { InspectParts } from './inspectPanel';

const panelType = 'softPrompt.diff';

/** The Diff panels of this window; brought back after a reload. */
export class DiffPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #own = new Disposables();

  constructor(private readonly parts: InspectParts) {
    this.#own.add(vscode.window.registerWebviewPanelSerializer(panelType, this));
  }

  dispose(): void {
    this.#own.dispose();
  }

  show(subject: DiffSubject): void {
    this.#take(vscode.window.createWebviewPanel(panelType, titleOf(subject), vscode.ViewColumn.Active), subject);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = restoredDiffSubject(state);
    if (subject) this.#take(panel, subject);
    else panel.dispose();
    return Promise.resolve();
  }

  #take(panel: vscode.WebviewPanel, subject: DiffSubject): void {
    const open = this.#own.add(new DiffPanel(panel, subject, this.parts));
    panel.onDidDispose(() => open.dispose());
  }
}

/** Opens the readable forms of two prompts in the editor's own diff. */
export async function showTextDiff({ a, b, model }: DiffSubject): Promise<void> {
  const named = model ? { model } : {};
  const [left, right] = [promptTextUri({ prompt: a, ...named }), promptTextUri({ prompt: b, ...named })];
  await vscode.commands.executeCommand('vscode.diff', left, right, `${placeName(a)} ↔ ${placeName(b)}`);
}

/** One panel, from its opening until it is closed. Keeps the difference as long as both prompts and the model stay the same. */
class DiffPanel implements vscode.Disposable {
  readonly #own = new Disposables();
  #ready = false;
  #running: { readonly key: string; readonly trainer: Trainer<JobResults['diff-prompts']> } | undefined;
  #phase: Omit<Extract<ToDiffPanel, { type: 'working' }>, 'type'> = { text: '' };
  #known: { readonly key: string; readonly diff: PromptDiff } | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private subject: DiffSubject,
    private readonly parts: InspectParts,
  ) {
    this.#own.add(panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)));
    this.#own.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
      }),
    );
    this.#own.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#look()));
    const icons = vscode.Uri.joinPath(parts.extension, 'media', 'icons');
    panel.iconPath = {
      light: vscode.Uri.joinPath(icons, 'runs-light.svg'),
      dark: vscode.Uri.joinPath(icons, 'runs-dark.svg'),
    };
    loadPanelPage(panel.webview, parts.extension, 'diff', titleOf(subject));
  }

  dispose(): void {
    this.#ready = false;
    this.#running?.trainer.kill();
    this.#running = undefined;
    this.#own.dispose();
  }

  async #receive(message: unknown): Promise<void> {
    const asked = fromDiffPanel(message);
    if (!asked) {
      this.parts.log.warn(vscode.l10n.t('The Diff panel sent something that is not one of its messages.'));
      return;
    }
    try {
      await this.#answer(asked);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }

  async #answer(asked: FromDiffPanel): Promise<void> {
    const { a, b, model } = this.subject;
    const named = model ? { model } : {};
    switch (asked.type) {
      case 'ready':
        this.#ready = true;
        return this.#look();
      case 'retry':
        return this.#look();
      case 'swap':
        return this.#change({ a: b, b: a, ...named });
      case 'openText':
        return showTextDiff(this.subject);
      case 'inspect':
        await vscode.commands.executeCommand('softPrompt.inspectPrompt', vscode.Uri.file(this.subject[asked.side]));
        return;
      case 'copy':
        return vscode.env.clipboard.writeText(asked.text);
      case 'chooseModel': {
        const chosen = await askModel(this.parts.memory);
        return chosen === undefined ? undefined : this.#change({ a, b, model: chosen });
      }
      case 'manageTrust':
        await vscode.commands.executeCommand('workbench.trust.manage');
    }
  }

  async #change(subject: DiffSubject): Promise<void> {
    this.subject = subject;
    this.panel.title = titleOf(subject);
    return this.#look();
  }

  async #look(): Promise<void> {
    if (!vscode.workspace.isTrusted) return this.#tellObstacle(untrusted());
    const { a, b, model } = this.subject;
    const hashes = await Promise.all([promptHash(a), promptHash(b)]).catch(obstacleOf);
    if (!Array.isArray(hashes)) return this.#tellObstacle(hashes);
    const key = JSON.stringify([a, b, ...hashes, model]);
    if (this.#running?.key === key) return this.#post({ type: 'working', ...this.#phase });
    if (this.#known?.key !== key) {
      const diff = await this.#compare(key);
      if (!diff) return;
      this.#known = { key, diff };
    }
    await this.#post({ type: 'diff', subject: this.subject, diff: this.#known.diff });
  }

  /** The difference; undefined where there is none, which was told, or where something else is compared by now. */
  async #compare(key: string): Promise<PromptDiff | undefined> {
    this.#running?.trainer.kill();
    const { a, b, model } = this.subject;
    const job = { kind: 'diff-prompts', a, b, baseFolder: baseFolder(a), ...(model ? { model } : {}) } as const;
    const trainer = this.parts.trainers.start(job, (event) => {
      if (event.type !== 'phase' || !this.#isRunning(trainer)) return;
      this.#phase = event.share === undefined ? { text: event.text } : { text: event.text, share: event.share };
      void this.#post({ type: 'working', ...this.#phase });
    });
    this.#running = { key, trainer };
    this.#phase = { text: vscode.l10n.t('Opening both prompts and their frozen model') };
    await this.#post({ type: 'working', ...this.#phase });
    const answer = await trainer.result.catch(obstacleOf);
    if (!this.#isRunning(trainer)) return undefined;
    this.#running = undefined;
    if (!('message' in answer)) return answer;
    await this.#tellObstacle(answer);
    return undefined;
  }

  /** Whether it was not given up meanwhile. */
  #isRunning(trainer: Trainer<JobResults['diff-prompts']>): boolean {
    return this.#running?.trainer === trainer;
  }

  async #tellObstacle(obstacle: Obstacle): Promise<void> {
    this.parts.log.warn(obstacle.message);
    await this.#post({ type: 'problem', subject: this.subject, ...obstacle });
  }

  async #post(message: ToDiffPanel): Promise<void> {
    if (this.#ready) await this.panel.webview.postMessage(message);
  }
}

function titleOf({ a, b }: DiffSubject): string {
  return vscode.l10n.t('Diff {0} and {1}', placeName(a), placeName(b));
}
