import * as vscode from 'vscode';
import { mayTune } from '../platform/trust';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Goes on with a run from its last checkpoint. */
export const resumeRun: Command = async (studio, argument) => {
  if (!mayTune()) return;
  const chosen = await chosenRun(studio, argument, 'resume');
  if (!chosen) return;
  const { readRun } = await import('../../runs/runFolder');
  const run = await readRun(chosen.folder);
  if (run.record.status === 'running') {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} is still running.', run.record.name));
    return;
  }
  await studio.trainings.resume(run);
};
