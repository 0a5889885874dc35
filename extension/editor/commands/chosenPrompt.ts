import * as vscode from 'vscode';
import { promptPlace } from '../inspection/promptFiles';
import { askPrompt as askPromptPath } from '../prompts/askPrompt';
import { chosenRunId } from './chosenRun';
import type { Studio } from './studio';

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

/** Asks for a run with a checkpoint, or for a file or folder; undefined when the person left. `except`: a run folder that is not offered. */
export async function askPrompt(studio: Studio, title: string, except?: string): Promise<string | undefined> {
  const placeholder = vscode.l10n.t('Choose a run or a file');
  const answer = await askPromptPath(studio.catalog, { title, step: 1, totalSteps: 1, placeholder }, { except });
  return typeof answer === 'string' ? answer : undefined;
}
