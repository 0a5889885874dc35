import * as vscode from 'vscode';
import { chosenPrompt } from './chosenPrompt';
import { promptSelectedForCompare } from './selectPromptForCompare';
import type { Command } from './studio';

/** Compares a prompt with the one that was selected before. */
export const comparePromptWithSelected: Command = async (studio, argument) => {
  const a = promptSelectedForCompare();
  if (a === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Choose "Select Prompt for Compare" on another prompt first.'),
    );
    return;
  }
  const b = await chosenPrompt(studio, argument, vscode.l10n.t('Compare with Selected Prompt'));
  if (b !== undefined) studio.diffPanels.show({ a, b });
};
