import * as vscode from 'vscode';
import type { Run } from '../../protocol/run';
import { type RunCommand, commandAvailable } from '../../protocol/runsPanel';
import { descriptionText, runName, statusText } from '../views/runText';
import type { RunNode } from '../views/runsTree';
import type { Studio } from './studio';

/**
 * The run that a command is about: the one it was called on in the view, the panel or a message; by key the one selected in the
 * view; from the palette one that the person picks among those for which the command makes sense. Undefined when the person
 * left, or when there is none, which is said.
 */
export async function chosenRun(studio: Studio, argument: unknown, command?: RunCommand): Promise<Run | undefined> {
  const id = argument === 'selected' ? studio.tree.selected : chosenRunId(argument);
  if (id !== undefined) return studio.catalog.find(id);
  const rows = await studio.catalog.rows();
  const suitable = rows.filter((row) => !command || commandAvailable(command, row, vscode.workspace.isTrusted));
  if (suitable.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no run for which this can be done.'));
    return undefined;
  }
  const items = suitable.map((run) => ({
    label: runName(run),
    description: `${statusText(run.record.status)} · ${descriptionText(run)}`,
    run,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Choose a run'),
    matchOnDescription: true,
  });
  return picked?.run;
}

/** Id of the run that a command was called on; undefined when it was called on none. */
export function chosenRunId(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null || !('kind' in argument)) return undefined;
  return argument.kind === 'run' ? (argument as RunNode).id : undefined;
}
