import * as vscode from 'vscode';
import { commandAvailable } from '../../protocol/runsPanel';
import { runName } from '../views/runText';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/**
 * Lets a run finish its step, write a checkpoint and end. Called on none, as from the palette and from a row that is drawn anew under the
 * click, the only one that tunes is meant; it is told which.
 */
export const stopRun: Command = async (studio, argument) => {
  if (argument === undefined) {
    const live = (await studio.catalog.rows()).filter((row) => commandAvailable('stop', row, true));
    const only = live.length === 1 ? studio.trainings.ofRun(live[0]!.record.id) : undefined;
    if (only) {
      studio.trainings.stop(only);
      void vscode.window.showInformationMessage(vscode.l10n.t('{0} ends with this step.', runName(live[0]!)));
      return;
    }
  }
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
