import * as vscode from 'vscode';
import { ContextKey, setContextKey } from '../platform/contextKeys';
import { chosenPrompt } from './chosenPrompt';
import type { Command } from './studio';

/** Absolute path of the prompt that waits for another one to be compared with, in this window. */
let selected: string | undefined;

/** Keeps a prompt to compare another one with. */
export const selectPromptForCompare: Command = async (studio, argument) => {
  selected = await chosenPrompt(studio, argument, vscode.l10n.t('Select Prompt for Compare'));
  setContextKey(ContextKey.CompareSelected, selected !== undefined);
};

/** The prompt that was selected to be compared; undefined before one was. */
export function promptSelectedForCompare(): string | undefined {
  return selected;
}
