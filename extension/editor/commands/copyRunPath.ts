import * as vscode from 'vscode';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Copies the absolute path of a run's folder. */
export const copyRunPath: Command = async (studio, argument) => {
  const run = await chosenRun(studio, argument, 'copyPath');
  if (run) await vscode.env.clipboard.writeText(run.folder);
};
