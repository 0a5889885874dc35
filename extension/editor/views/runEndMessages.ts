import * as vscode from 'vscode';
import { type Offer, tell } from '../platform/offer';
import { changeSetting, setting } from '../platform/settings';
import type { ExperimentDiagnostics } from '../experiments/experimentDiagnostics';
import type { Training } from '../training/training';
import type { Outcome, Trainings } from '../training/trainings';
import type { TrainerFailure } from '../../trainer/failure';
import { headline, stepText } from './runText';

interface Panel {
  readonly visible: boolean;
}

/** Says how a run ended: a result only where the Runs panel does not show it already, a failure always. */
export function tellWhenRunsEnd(
  trainings: Trainings,
  panel: Panel,
  diagnostics: ExperimentDiagnostics,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return trainings.onDidEnd(({ training, outcome }) => {
    if ('failure' in outcome) {
      log.error(`${training.name}: ${outcome.failure.message}`);
      if (outcome.failure.detail) log.error(outcome.failure.detail);
      void tellFailure(training, outcome.failure, diagnostics);
    } else {
      log.info(`${training.name}: ${resultText(training, outcome)}`);
      if (!panel.visible && setting('notifyWhenRunEnds'))
        tell('info', resultText(training, outcome), ...resultOffers(training));
    }
  });
}

function resultText(training: Training, { record }: Extract<Outcome, { record: unknown }>): string {
  const told = [stepText(record), headline(record)].filter((part) => part !== undefined).join(', ');
  return record.status === 'stopped'
    ? vscode.l10n.t('{0} was stopped: {1}.', training.name, told)
    : vscode.l10n.t('{0} is finished: {1}.', training.name, told);
}

function resultOffers(training: Training): Offer[] {
  return [
    showRun(training),
    showLog(),
    { title: vscode.l10n.t("Don't Show Again"), act: () => changeSetting('notifyWhenRunEnds', false) },
  ];
}

async function tellFailure(
  training: Training,
  failure: TrainerFailure,
  diagnostics: ExperimentDiagnostics,
): Promise<void> {
  const { experiment, record } = training;
  const offers: Offer[] = [];
  if (experiment && failure.code.startsWith('bad-')) {
    const document = await vscode.workspace.openTextDocument(experiment);
    diagnostics.showFailure(document, failure.code, failure.message);
    offers.push({ title: vscode.l10n.t('Open Experiment'), act: () => vscode.window.showTextDocument(document) });
  }
  if (record?.last && !failure.code.startsWith('bad-')) {
    offers.push({
      title: vscode.l10n.t('Resume'),
      act: () => vscode.commands.executeCommand('softPrompt.resumeRun', record.id),
    });
  }
  tell('error', vscode.l10n.t('{0}: {1}', training.name, failure.message), ...offers, showLog());
}

function showRun({ record }: Training): Offer {
  return {
    title: vscode.l10n.t('Show Run'),
    act: () => vscode.commands.executeCommand('softPrompt.showRuns', record?.id),
  };
}

function showLog(): Offer {
  return { title: vscode.l10n.t('Show Log'), act: () => vscode.commands.executeCommand('softPrompt.showLog') };
}
