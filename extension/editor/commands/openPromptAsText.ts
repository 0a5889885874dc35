import * as vscode from 'vscode';
import { promptTextUri } from '../inspection/promptTexts';
import { chosenPrompt } from './chosenPrompt';
import type { Command } from './studio';

/** Opens a prompt in its readable form. */
export const openPromptAsText: Command = async (studio, argument) => {
  const prompt = await chosenPrompt(studio, argument, vscode.l10n.t('Open Prompt as Text'));
  if (prompt !== undefined) await vscode.window.showTextDocument(promptTextUri({ prompt }));
};
