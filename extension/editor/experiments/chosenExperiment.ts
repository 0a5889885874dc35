import * as vscode from 'vscode';
import { isExperimentFile } from './experimentFile';

/**
 * The experiment that a command is about: the file it was called on, or the one in front. Says what to do and gives undefined where
 * there is none.
 */
export function chosenExperiment(argument: unknown): vscode.Uri | undefined {
  // A button of the editor's title that is clicked while the file still opens gives no file, and the editor is not known yet; its tab is.
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const candidates = [
    argument instanceof vscode.Uri ? argument : undefined,
    vscode.window.activeTextEditor?.document.uri,
    tab instanceof vscode.TabInputText ? tab.uri : undefined,
  ];
  const experiment = candidates.find((candidate) => candidate && isExperimentFile(candidate.path));
  if (!experiment)
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Open an experiment first: a file whose name ends in .tune.json.'),
    );
  return experiment;
}
