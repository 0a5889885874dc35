import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commandAvailable } from '../../protocol/runsPanel';
import { promptPlace } from '../inspection/promptFiles';
import { type Choice, choose } from '../platform/questions';
import { descriptionText, runName, statusText } from '../views/runText';
import { chosenRunId } from './chosenRun';
import type { Studio } from './studio';

const browse = Symbol('browse');

/**
 * The prompt that a command is about, as an absolute path: that of the file or run it was called on; by key of the run that is
 * selected in the view; from the palette one that the person picks. Undefined when the person left.
 */
export async function chosenPrompt(studio: Studio, argument: unknown, title: string): Promise<string | undefined> {
  return (await promptOf(studio, argument)) ?? askPrompt(studio, title);
}

/** The prompt that a command was called on; undefined when it was called on none. */
export async function promptOf(studio: Studio, argument: unknown): Promise<string | undefined> {
  const uri = uriOf(argument);
  if (uri) return promptPlace(uri.fsPath);
  const id = argument === 'selected' ? studio.tree.selected : chosenRunId(argument);
  return id === undefined ? undefined : (await studio.catalog.find(id))?.folder;
}

/** The file that a command was called on: of the explorer, of an editor, or of the source control view. */
export function uriOf(argument: unknown): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument !== 'object' || argument === null || !('resourceUri' in argument)) return undefined;
  return argument.resourceUri instanceof vscode.Uri ? argument.resourceUri : undefined;
}

/** Asks for a run with a checkpoint, or for a file or folder. `except`: a run folder that is not offered. */
export async function askPrompt(studio: Studio, title: string, except?: string): Promise<string | undefined> {
  const rows = await studio.catalog.rows();
  const runs = rows.filter((row) => commandAvailable('openCheckpoint', row, true) && row.folder !== except);
  const choices: readonly Choice<string | typeof browse>[] = [
    ...runs.map((run) => ({
      label: runName(run),
      description: `${statusText(run.record.status)} · ${descriptionText(run)}`,
      value: run.folder,
    })),
    {
      label: `$(folder-opened) ${vscode.l10n.t('Browse...')}`,
      description: vscode.l10n.t('an adapter folder, a .safetensors or a .npy file'),
      value: browse,
    },
  ];
  const placeholder = vscode.l10n.t('Choose a run or a file');
  const answer = await choose({ title, step: 1, totalSteps: 1, placeholder, choices });
  if (typeof answer === 'string') return answer;
  return answer === browse ? browsePrompt(title) : undefined;
}

/** Asks for a file of a prompt; the folder of an adapter is named by either of its files. */
async function browsePrompt(title: string): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title,
      filters: { [vscode.l10n.t('Soft prompt')]: ['safetensors', 'npy', 'json'] },
      openLabel: vscode.l10n.t('Choose'),
    })) ?? [];
  if (!file) return undefined;
  return (await stat(file.fsPath)).isDirectory() ? file.fsPath : promptPlace(file.fsPath);
}
