import * as vscode from 'vscode';
import { mayTune } from '../platform/trust';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Goes on with a run from its last checkpoint. */
export const resumeRun: Command = async (studio, argument) => {
  if (!mayTune()) return;
  const run = await chosenRun(studio, argument, 'resume');
  if (!run) return;
  if (run.record.status === 'running') {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} is still running.', run.record.name));
    return;
  }
  studio.trainings.resume(run);
};
