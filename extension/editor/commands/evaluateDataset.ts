import * as vscode from 'vscode';
import { askEvaluation, type EvaluationStart } from '../evaluateDataset/askEvaluation';
import { mayEvaluate } from '../platform/trust';
import { runsFolder } from '../platform/settings';
import type { Command, Studio } from './studio';

/** Asks which prompts to evaluate on the data sets it was called on, or on one that is asked for, and starts. */
export const evaluateDataset: Command = async (studio, argument, selection) => {
  if (!mayEvaluate()) return;
  const selected = Array.isArray(selection) && selection.length > 0 ? (selection as readonly unknown[]) : [argument];
  const files = selected.filter((each) => each instanceof vscode.Uri).map(({ fsPath }) => fsPath);
  await askAndEvaluate(studio, { files, prompts: [] });
};

/** Asks what is not known yet, and evaluates. The result is kept beside the runs of the first data set's workspace folder. */
export async function askAndEvaluate(studio: Studio, start: EvaluationStart): Promise<void> {
  const { trainerHost, context, catalog, evaluations } = studio;
  const parts = {
    trainers: trainerHost,
    workspaceMemory: context.workspaceState,
    models: studio,
    runs: await catalog.all(),
  };
  const request = await askEvaluation(parts, start);
  if (request) evaluations.start(request, evaluationsHome(request.datasets[0]!.file));
}

/** The runs folder that an evaluation of a data set belongs to. */
export function evaluationsHome(file: string): string {
  const uri = vscode.Uri.file(file);
  return runsFolder(vscode.workspace.getWorkspaceFolder(uri)?.uri ?? vscode.Uri.joinPath(uri, '..'));
}
