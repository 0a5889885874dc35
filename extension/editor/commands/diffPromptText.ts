import * as vscode from 'vscode';
import { placeName } from '../inspection/promptFiles';
import { promptOnDisk } from '../inspection/promptOnDisk';
import { promptTextUri } from '../inspection/promptTexts';
import { uriOf } from './chosenPrompt';
import type { Command, Studio } from './studio';

/**
 * Shows the two sides of the comparison in front in their readable form: one that the source control view, the timeline or "Select
 * for Compare" opened of a prompt file.
 */
export const diffPromptText: Command = async (studio, argument) => {
  const sides = comparedFiles(studio, uriOf(argument));
  if (!sides) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open a change of a prompt file in the source control view or the timeline first.'),
    );
    return;
  }
  const storage = studio.context.storageUri ?? studio.context.globalStorageUri;
  try {
    const [a, b] = [await promptOnDisk(sides[0], storage), await promptOnDisk(sides[1], storage)];
    const [left, right] = [promptTextUri({ prompt: a }), promptTextUri({ prompt: b })];
    await vscode.commands.executeCommand('vscode.diff', left, right, `${placeName(a)} ↔ ${placeName(b)}`);
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
};

/** VS Code tells the sides of a comparison of texts; of two custom editors it tells none, but they are ours. */
function comparedFiles(
  { inspectPanels }: Studio,
  modified?: vscode.Uri,
): readonly [vscode.Uri, vscode.Uri] | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff) return [input.original, input.modified];
  const [a, b, ...others] = inspectPanels.visibleFiles;
  if (!a || !b || others.length > 0) return undefined;
  return a.toString() === modified?.toString() ? [b, a] : [a, b];
}
