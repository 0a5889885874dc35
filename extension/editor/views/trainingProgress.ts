import * as vscode from 'vscode';
import type { Training } from '../training/training';
import type { Trainings } from '../training/trainings';
import { trainingText } from './trainingStatus';

/** A notification a training, with its progress; cancelling it stops the training in an orderly way. */
export function showTrainingProgress(trainings: Trainings): vscode.Disposable {
  return trainings.onDidStart((training) => {
    void vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Tuning {0}', training.name),
        cancellable: true,
      },
      (progress, cancelled) => follow(trainings, training, progress, cancelled),
    );
  });
}

async function follow(
  trainings: Trainings,
  training: Training,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  cancelled: vscode.CancellationToken,
): Promise<void> {
  let shown = 0;
  const report = (of: Training): void => {
    if (of !== training) return;
    const { record } = training;
    const share = record && record.totalSteps > 0 ? (record.step / record.totalSteps) * 100 : 0;
    progress.report({ message: trainingText(training), increment: Math.max(0, share - shown) });
    shown = Math.max(shown, share);
  };
  report(training);
  const listening = vscode.Disposable.from(
    cancelled.onCancellationRequested(() => trainings.stop(training)),
    trainings.onDidChange(report),
  );
  await training.trainer.result.catch(() => undefined);
  listening.dispose();
}
