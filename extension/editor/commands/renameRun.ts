import * as vscode from 'vscode';
import { longestMark } from '../../protocol/runsPanel';
import { runName } from '../views/runText';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

/** Gives a run another name for people; its folder keeps its own. */
export const renameRun: Command = async (studio, argument) => {
  const run = await chosenRun(studio, argument);
  if (!run) return;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Rename Run'),
    prompt: vscode.l10n.t('Leave it empty to go back to "{0}".', run.record.name),
    value: runName(run),
    validateInput: (value) => (value.length > longestMark ? vscode.l10n.t('This name is too long.') : undefined),
  });
  if (name !== undefined) await studio.catalog.mark(run.record.id, { name: name.trim() });
};
