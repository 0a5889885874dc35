import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { FailureCode } from '../../protocol/trainer';
import type { TrainerFailure } from '../../trainer/failure';
import type { EvaluationOutcome, Evaluations, LiveEvaluation } from '../evaluation/evaluations';
import { Disposables } from '../platform/disposables';
import { type Offer, tell } from '../platform/offer';
import { askPromptModel } from '../models/askPromptModel';
import type { ModelParts } from '../models/askModel';
import type { EvaluationPanels } from './evaluationPanels';

/**
 * Shows an evaluation from its start to its end: progress with rows a second and a Cancel, its panel as soon as there is something
 * to see, and how it ended with what can be done then.
 */
export function followEvaluations(
  evaluations: Evaluations,
  panels: EvaluationPanels,
  models: ModelParts,
): vscode.Disposable {
  const tellFailure = failureMessage(evaluations, models);
  return vscode.Disposable.from(
    evaluations.onDidStart((evaluation) => {
      void showProgress(evaluations, evaluation);
      showPanelOnceThere(evaluations, evaluation, panels);
    }),
    evaluations.onDidEnd(({ evaluation, outcome }) => tellEnd(evaluation, outcome, panels, tellFailure)),
  );
}

async function showProgress(evaluations: Evaluations, evaluation: LiveEvaluation): Promise<void> {
  const own = new Disposables();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Evaluating {0}', evaluation.name),
    cancellable: true,
  };
  await vscode.window.withProgress(options, async (progress, cancel) => {
    own.add(cancel.onCancellationRequested(() => evaluations.stop(evaluation)));
    await new Promise<void>((resolve) => {
      let reached = 0;
      own.add(
        evaluations.onDidChange((changed) => {
          if (changed !== evaluation) return;
          const { phase, stopping, asking } = evaluation;
          // A bar cannot go back: how far files are read is told in words alone.
          const share = asking ? Math.max(reached, phase?.share ?? 0) : 0;
          const message = stopping ? vscode.l10n.t('stopping after these rows') : (phase?.text ?? '');
          progress.report({ message, increment: 100 * (share - reached) });
          reached = share;
        }),
      );
      own.add(
        evaluations.onDidEnd((ended) => {
          if (ended.evaluation === evaluation) resolve();
        }),
      );
    });
  });
  own.dispose();
}

function showPanelOnceThere(evaluations: Evaluations, evaluation: LiveEvaluation, panels: EvaluationPanels): void {
  const own = new Disposables();
  own.add(
    evaluations.onDidChange((changed) => {
      if (changed !== evaluation || evaluation.folder === undefined) return;
      own.dispose();
      panels.show(evaluation.folder, evaluation.name);
    }),
  );
  own.add(
    evaluations.onDidEnd((ended) => {
      if (ended.evaluation === evaluation) own.dispose();
    }),
  );
}

function tellEnd(
  evaluation: LiveEvaluation,
  outcome: EvaluationOutcome,
  panels: EvaluationPanels,
  tellFailure: (evaluation: LiveEvaluation, failure: TrainerFailure) => void,
): void {
  const { folder, name } = evaluation;
  const show = folder === undefined ? [] : [{ title: vscode.l10n.t('Show'), act: () => panels.show(folder, name) }];
  if ('failure' in outcome) {
    // Whoever stopped it while it read the data knows.
    if (outcome.failure.code !== 'stopped') tellFailure(evaluation, outcome.failure);
    return;
  }
  const { status, reason } = outcome.record;
  if (status === 'stopped') {
    const resume = {
      title: vscode.l10n.t('Resume'),
      act: () => vscode.commands.executeCommand('softPrompt.resumeEvaluation', folder),
    };
    const text = vscode.l10n.t('{0}: {1}. Resume asks about the rows that are missing.', name, reason ?? status);
    tell('info', text, resume, ...show);
  } else if (status === 'finished') tell('info', vscode.l10n.t('{0} is evaluated.', name), ...show);
}

/** What went wrong, with the ways to where it can be put right. */
function failureMessage(
  evaluations: Evaluations,
  models: ModelParts,
): (evaluation: LiveEvaluation, failure: TrainerFailure) => void {
  const { log } = models;
  return ({ name, request, runsFolder }, failure) => {
    const files = request.datasets.map(({ file }) => vscode.Uri.file(file));
    const again = {
      title: vscode.l10n.t('Choose Again'),
      act: () => vscode.commands.executeCommand('softPrompt.evaluateDataset', files[0], files),
    };
    const [first] = files;
    const open = {
      title: vscode.l10n.t('Open {0}', first ? basename(first.fsPath) : ''),
      act: () => vscode.commands.executeCommand('vscode.open', first),
    };
    // An adapter from elsewhere may name a place of another machine.
    const otherModel = {
      title: vscode.l10n.t('Choose the Model...'),
      act: async () => {
        const model = await askPromptModel(models);
        if (model !== undefined) evaluations.start({ ...request, model }, runsFolder);
      },
    };
    const showLog = { title: vscode.l10n.t('Show Log'), act: () => log.show() };
    log.error(`${failure.code}: ${failure.message}`, failure.detail ?? '');
    const text = vscode.l10n.t('{0} was not evaluated: {1}', name, failure.message);
    const offers: Partial<Record<FailureCode, readonly Offer[]>> = {
      'bad-data': [again, open],
      'bad-prompt': [again],
      'bad-model': [otherModel, again],
    };
    tell('error', text, ...(offers[failure.code] ?? [again, showLog]));
  };
}
