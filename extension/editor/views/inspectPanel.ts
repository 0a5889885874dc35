import * as vscode from 'vscode';
import {
  type FromInspectPanel,
  type InspectSubject,
  type ToInspectPanel,
  fromInspectPanel,
} from '../../protocol/inspectPanel';
import { Effects } from '../inspection/effects';
import { Inspection, type InspectionChange, type Obstacle, obstacleOf, untrusted } from '../inspection/inspection';
import { placeName, promptHash } from '../inspection/promptFiles';
import { promptTextUri } from '../inspection/promptTexts';
import type { ModelParts } from '../models/askModel';
import { askPromptModel } from '../models/askPromptModel';
import { Disposables } from '../platform/disposables';
import { loadPanelPage } from '../platform/panelPage';
import type { TrainerHost } from '../training/trainerHost';
import { saveExport } from './saveExport';

/** What an Inspect panel needs of the extension. */
export interface InspectParts {
  readonly extension: vscode.Uri;
  /** Where a prompt is written that lies nowhere, such as a revision. */
  readonly storage: vscode.Uri;
  readonly models: ModelParts;
  readonly trainers: TrainerHost;
  readonly log: vscode.LogOutputChannel;
}

/**
 * One Inspect panel, from its opening until it is closed, whether it is a panel or the editor of a prompt file. A panel that
 * loads asks for everything (`ready`); as long as prompt and model are the same as before, it gets what is known without the
 * model being opened again.
 */
export class InspectPanel implements vscode.Disposable {
  readonly #own = new Disposables();
  readonly #effects: Effects;
  /** The page has asked for its content, and has not been hidden (which unloads it) since. */
  #ready = false;
  #inspection: Inspection | undefined;
  /** Hash of the prompt that was looked at, and the model. */
  #key: string | undefined;
  /** Steps that the page waits for. */
  readonly #wanted = new Set<number>();

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private subject: InspectSubject,
    private readonly parts: InspectParts,
  ) {
    const { webview } = panel;
    const icon = vscode.Uri.joinPath(parts.extension, 'media', 'icons');
    panel.iconPath = {
      light: vscode.Uri.joinPath(icon, 'runs-light.svg'),
      dark: vscode.Uri.joinPath(icon, 'runs-dark.svg'),
    };
    this.#effects = this.#own.add(new Effects(parts.trainers));
    this.#own.add(this.#effects.onDidChange(({ path, state }) => void this.#post({ type: 'effects', path, state })));
    this.#own.add(webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)));
    this.#own.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#ready = false;
      }),
    );
    this.#own.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#look()));
    loadPanelPage(webview, parts.extension, 'inspect', vscode.l10n.t('Inspect {0}', placeName(subject.prompt)));
  }

  dispose(): void {
    this.#ready = false;
    this.#inspection?.dispose();
    this.#own.dispose();
  }

  get prompt(): string {
    return this.subject.prompt;
  }

  reveal(): void {
    this.panel.reveal();
  }

  async #receive(message: unknown): Promise<void> {
    const asked = fromInspectPanel(message);
    if (!asked) {
      this.parts.log.warn(vscode.l10n.t('The Inspect panel sent something that is not one of its messages.'));
      return;
    }
    try {
      await this.#answer(asked);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }

  async #answer(asked: FromInspectPanel): Promise<void> {
    switch (asked.type) {
      case 'ready':
        this.#ready = true;
        return this.#look();
      case 'retry':
        this.#forget();
        return this.#look();
      case 'snapshot': {
        const snapshot = this.#inspection?.snapshot(asked.step);
        if (snapshot) await this.#post({ type: 'snapshot', snapshot });
        else this.#wanted.add(asked.step);
        return;
      }
      case 'measureEffects':
        return this.#measure(asked.step);
      case 'cancelEffects':
        this.#effects.cancel();
        return;
      case 'save': {
        const name = this.#inspection?.whole?.prompt.name ?? placeName(this.subject.prompt);
        return saveExport(name, this.subject.prompt, asked.format, asked.content);
      }
      case 'copy':
        return vscode.env.clipboard.writeText(asked.text);
      case 'openText': {
        const { model } = this.subject;
        const uri = promptTextUri({ prompt: this.#pathOf(asked.step), ...(model ? { model } : {}) });
        await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside });
        return;
      }
      case 'diff':
        await vscode.commands.executeCommand('softPrompt.diffPrompts', vscode.Uri.file(this.#pathOf(asked.step)));
        return;
      case 'chooseModel': {
        const model = await askPromptModel(this.parts.models);
        if (model === undefined) return;
        this.subject = { prompt: this.subject.prompt, model };
        this.#forget();
        return this.#look();
      }
      case 'manageTrust':
        await vscode.commands.executeCommand('workbench.trust.manage');
    }
  }

  /** Where the prompt of a checkpoint lies; without a step what the panel is about. */
  #pathOf(step: number | undefined): string {
    return (step === undefined ? undefined : this.#inspection?.snapshot(step)?.path) ?? this.subject.prompt;
  }

  async #measure(step: number | undefined): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    const snapshot = this.#inspection?.snapshot(step);
    if (!snapshot) return;
    const dataset = this.#inspection?.whole?.prompt.run ? undefined : await askTask();
    if (dataset === null) return;
    const { model } = this.subject;
    await this.#effects.measure({
      path: snapshot.path,
      ...(model ? { model } : {}),
      ...(dataset === undefined ? {} : { dataset }),
    });
  }

  #forget(): void {
    this.#inspection?.dispose();
    this.#inspection = undefined;
    this.#key = undefined;
    this.#effects.clear();
  }

  /** Tells what is known of the prompt as it is now on the disk; looks into it where it is another one than before. */
  async #look(): Promise<void> {
    if (!vscode.workspace.isTrusted) return this.#tellObstacle(untrusted());
    const { prompt, model } = this.subject;
    const hash = await promptHash(prompt).catch(obstacleOf);
    if (typeof hash !== 'string') return this.#tellObstacle(hash);
    const key = `${hash} ${model ?? ''}`;
    if (key !== this.#key) {
      this.#forget();
      this.#key = key;
      const inspection = new Inspection(this.parts.trainers, this.subject);
      inspection.onDidChange((change) => void this.#follow(change));
      this.#inspection = inspection;
    }
    await this.#tellAll();
  }

  async #follow({ snapshot }: InspectionChange): Promise<void> {
    if (!snapshot) return this.#tellAll();
    const wanted = snapshot.step !== undefined && this.#wanted.delete(snapshot.step);
    if (!wanted && snapshot.step !== this.#inspection?.first?.step) return;
    await this.#post({ type: 'snapshot', snapshot });
  }

  async #tellAll(): Promise<void> {
    const inspection = this.#inspection;
    if (!inspection) return;
    if (inspection.obstacle) return this.#tellObstacle(inspection.obstacle);
    const { whole, first, phase, complete } = inspection;
    if (!whole || !first) return this.#post({ type: 'working', ...phase });
    this.panel.title = vscode.l10n.t('Inspect {0}', whole.prompt.run?.name ?? placeName(this.subject.prompt));
    await this.#post({
      type: 'inspection',
      subject: this.subject,
      inspection: { ...whole, snapshots: [first] },
      trusted: vscode.workspace.isTrusted,
      complete,
    });
    for (const [path, state] of this.#effects.states) await this.#post({ type: 'effects', path, state });
  }

  async #tellObstacle(obstacle: Obstacle): Promise<void> {
    this.parts.log.warn(obstacle.message);
    // What failed is tried anew when it is asked for again.
    this.#key = undefined;
    await this.#post({ type: 'problem', subject: this.subject, ...obstacle });
  }

  async #post(message: ToInspectPanel): Promise<void> {
    if (this.#ready) await this.panel.webview.postMessage(message);
  }
}

/** The experiment whose task a prompt that is no run's is measured on; null when the person left. */
async function askTask(): Promise<string | null> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose an experiment: its data and its task are what the prompt is measured on'),
      filters: { [vscode.l10n.t('Experiment')]: ['json'] },
      openLabel: vscode.l10n.t('Measure'),
    })) ?? [];
  return file?.fsPath ?? null;
}
