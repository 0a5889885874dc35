import * as vscode from 'vscode';
import { Disposables } from '../platform/disposables';
import type { Training } from '../training/training';
import type { Trainings } from '../training/trainings';
import { durationText, stepText } from './runText';

/** Status bar item while a prompt is tuned: step, loss, time left. A click opens the Runs panel. */
export class TrainingStatus implements vscode.Disposable {
  readonly #own = new Disposables();
  readonly #item: vscode.StatusBarItem;

  constructor(private readonly trainings: Trainings) {
    this.#item = this.#own.add(vscode.window.createStatusBarItem('training', vscode.StatusBarAlignment.Left, 50));
    this.#item.name = vscode.l10n.t('Soft Prompt Studio: Tuning');
    this.#own.add(trainings.onDidStart(() => this.#update()));
    this.#own.add(trainings.onDidChange(() => this.#update()));
    this.#own.add(trainings.onDidEnd(() => this.#update()));
  }

  dispose(): void {
    this.#own.dispose();
  }

  #update(): void {
    const [first, ...others] = this.trainings.live;
    if (!first) {
      this.#item.hide();
      return;
    }
    const more = others.length > 0 ? ` +${others.length}` : '';
    this.#item.text = `$(sync~spin) ${first.name}: ${trainingText(first)}${more}`;
    this.#item.tooltip = [first, ...others].map((each) => `${each.name}: ${trainingText(each)}`).join('\n');
    this.#item.accessibilityInformation = { label: vscode.l10n.t('Tuning {0}: {1}', first.name, trainingText(first)) };
    this.#item.command = {
      command: 'softPrompt.showRuns',
      title: vscode.l10n.t('Show Runs'),
      arguments: first.record ? [first.record.id] : [],
    };
    this.#item.show();
  }
}

/** `step 120/400 · loss 0.512 · 2 min 5 s left`, or what it does before the first step. */
export function trainingText(training: Training): string {
  const { record, phase, loss, secondsLeft, stopping } = training;
  if (stopping) return vscode.l10n.t('stopping after this step');
  if (phase || !record) return phase?.text ?? vscode.l10n.t('starting');
  return [
    stepText(record),
    loss === undefined ? undefined : vscode.l10n.t('loss {0}', loss.toFixed(3)),
    secondsLeft === undefined ? undefined : vscode.l10n.t('{0} left', durationText(secondsLeft)),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}
