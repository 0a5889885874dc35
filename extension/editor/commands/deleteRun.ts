import * as vscode from 'vscode';
import { runName } from '../views/runText';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Deletes a run with its checkpoints, once the person has confirmed it. */
export const deleteRun: Command = async (studio, argument) => {
  const run = await chosenRun(studio, argument, 'delete');
  if (!run) return;
  if (run.record.status === 'running') {
    void vscode.window.showWarningMessage(vscode.l10n.t('{0} is running. Stop it before deleting it.', runName(run)));
    return;
  }
  const confirm = vscode.l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete the run "{0}"?', runName(run)),
    {
      modal: true,
      detail: vscode.l10n.t('Its checkpoints and its learned prompt are deleted from the disk. This cannot be undone.'),
    },
    confirm,
  );
  if (answer === confirm) await studio.catalog.delete(run);
};
