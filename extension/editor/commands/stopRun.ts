import * as vscode from 'vscode';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Lets a run finish its step, write a checkpoint and end. */
export const stopRun: Command = async (studio, argument) => {
  const run = await chosenRun(studio, argument, 'stop');
  if (!run) return;
  const training = studio.trainings.ofRun(run.record.id);
  if (training) studio.trainings.stop(training);
  else if (run.record.status === 'running') {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        '{0} is tuned by another process ({1}). Stop it where it was started.',
        run.record.name,
        run.record.process?.pid ?? '?',
      ),
    );
  }
};
