import * as vscode from 'vscode';
import { exists } from '../platform/files';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Opens what the trainer wrote while it tuned a run. */
export const openRunLog: Command = async (studio, argument) => {
  const run = await chosenRun(studio, argument, 'openLog');
  if (!run) return;
  const { logPath } = await import('../../runs/runFolder');
  const path = logPath(run.folder);
  if (await exists(path)) await vscode.window.showTextDocument(vscode.Uri.file(path));
  else studio.log.show();
};
