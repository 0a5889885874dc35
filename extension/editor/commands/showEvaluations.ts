import * as vscode from 'vscode';
import { type ListedEvaluation, listAllEvaluations } from '../evaluation/evaluationList';
import { allRunsFolders } from '../platform/settings';
import { runName } from '../views/runText';
import { chosenRunId } from './chosenRun';
import type { Command } from './studio';

/** Opens an evaluation: one of those on the disk, a run's own of its dev and test parts among them; called on a run, one of its own. */
export const showEvaluations: Command = async ({ catalog, evaluationPanels }, argument) => {
  const runs = await catalog.all();
  const only = runs.find(({ record }) => record.id === chosenRunId(argument));
  const listed = await listAllEvaluations(only ? [] : allRunsFolders(), only ? [only] : runs);
  if (listed.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no evaluation yet. Right-click a data set and choose Evaluate Dataset.'),
    );
    return;
  }
  const picked = await vscode.window.showQuickPick(listed.map(itemOf), {
    placeHolder: vscode.l10n.t('Choose an evaluation'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked) evaluationPanels.show(picked.folder, picked.label);
};

function itemOf({ folder, record, run }: ListedEvaluation): vscode.QuickPickItem & { readonly folder: string } {
  const { name, createdAt, datasets, predictors, status } = record;
  const rows = datasets.reduce((sum, each) => sum + each.rows, 0);
  const prompts = predictors.filter(({ kind }) => kind === 'prompt').length;
  return {
    label: name,
    description: new Date(createdAt).toLocaleString(vscode.env.language),
    detail: run
      ? vscode.l10n.t('written by {0}: {1} rows, {2} checkpoints', runName(run), rows, prompts)
      : vscode.l10n.t('{0}: {1} rows, {2} prompts', statusWord(status), rows, prompts),
    folder,
  };
}

function statusWord(status: ListedEvaluation['record']['status']): string {
  const words: Readonly<Record<typeof status, string>> = {
    running: vscode.l10n.t('running'),
    finished: vscode.l10n.t('finished'),
    stopped: vscode.l10n.t('stopped'),
    failed: vscode.l10n.t('failed'),
    interrupted: vscode.l10n.t('interrupted'),
  };
  return words[status];
}
