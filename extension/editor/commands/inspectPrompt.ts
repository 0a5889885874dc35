import * as vscode from 'vscode';
import { chosenPrompt } from './chosenPrompt';
import type { Command } from './studio';

/** Shows what a prompt has learned: that of a run, of a checkpoint, or of a file. */
export const inspectPrompt: Command = async (studio, argument) => {
  const prompt = await chosenPrompt(studio, argument, vscode.l10n.t('Inspect Prompt'));
  if (prompt !== undefined) studio.inspectPanels.show({ prompt });
};
