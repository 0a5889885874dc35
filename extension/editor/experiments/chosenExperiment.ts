import * as vscode from 'vscode';
import { isExperimentFile } from './experimentFile';

/**
 * The experiment that a command is about: the file it was called on, or the one in front. Says what to do and gives undefined where
 * there is none.
 */
export function chosenExperiment(argument: unknown): vscode.Uri | undefined {
  const file = argument instanceof vscode.Uri ? argument : fileInFront();
  if (file && isExperimentFile(file.path)) return file;
  void vscode.window.showWarningMessage(
    vscode.l10n.t('Open an experiment first: a file whose name ends in .tune.json.'),
  );
  return undefined;
}

/**
 * A button of the editor's title that is clicked while its file still opens gives no file. The active editor is then none yet, or the one
 * before; the tab is the right one.
 */
function fileInFront(): vscode.Uri | undefined {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return tab instanceof vscode.TabInputText ? tab.uri : vscode.window.activeTextEditor?.document.uri;
}
