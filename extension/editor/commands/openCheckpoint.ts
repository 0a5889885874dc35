import { join } from 'node:path';
import * as vscode from 'vscode';
import { bestCheckpoint } from '../../runs/checkpoints';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Opens the best checkpoint of a run (the last one, before anything was best): its adapter_config.json, shown in the explorer. */
export const openCheckpoint: Command = async (studio, argument) => {
  const run = await chosenRun(studio, argument, 'openCheckpoint');
  if (!run) return;
  const wanted = await bestCheckpoint(run.folder, run.record);
  if (!wanted) {
    void vscode.window.showWarningMessage(vscode.l10n.t('{0} has no checkpoint on the disk.', run.record.name));
    return;
  }
  const configuration = vscode.Uri.file(join(wanted.folder, 'adapter_config.json'));
  if (vscode.workspace.getWorkspaceFolder(configuration)) {
    await vscode.commands.executeCommand('revealInExplorer', configuration);
  }
  await vscode.window.showTextDocument(configuration);
};
