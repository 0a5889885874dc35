import * as vscode from 'vscode';
import { exists } from '../platform/files';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Opens the experiment file that a run was started from. */
export const openRunExperiment: Command = async (studio, argument) => {
  const run = await chosenRun(studio, argument, 'openExperiment');
  const file = run?.record.experimentFile;
  if (!file) return;
  if (await exists(file)) await vscode.window.showTextDocument(vscode.Uri.file(file));
  else {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('{0} is gone. The run keeps a copy of its experiment in run.json.', file),
    );
  }
};
