import * as vscode from 'vscode';
import type { ModelEntry } from '../../protocol/models';
import type { Choice } from '../platform/questions';
import { fitness, hindrance, modelFacts, modelName, sourceText } from '../views/modelText';
import { modelSources } from './modelSources';

/**
 * The models of this machine as choices: the bundled one first, then those of the workspace, those used before (`recent`, as
 * experiments name them), and the others by the place they were found in. Each stands once.
 */
export function modelChoices(models: readonly ModelEntry[], recent: readonly string[]): Choice<ModelEntry>[] {
  const left = new Set(models);
  const take = (wanted: (model: ModelEntry) => boolean): ModelEntry[] => {
    const taken = [...left].filter(wanted);
    for (const model of taken) left.delete(model);
    return taken;
  };
  const bundled = take(({ source }) => source === 'bundled');
  const inWorkspace = take(({ path }) => vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) !== undefined);
  const used = recent.flatMap((name) => take(({ model }) => model === name));
  const groups: [string, ModelEntry[]][] = [
    [vscode.l10n.t('In the workspace'), inWorkspace],
    [vscode.l10n.t('Used before'), used],
    ...modelSources.map((source): [string, ModelEntry[]] => [
      sourceText(source),
      take((model) => model.source === source),
    ]),
  ];
  return [
    ...bundled.map((model) => modelChoice(model, vscode.l10n.t('small, English, ready to use'))),
    ...groups.flatMap(([label, members]) =>
      members.length > 0 ? [{ label }, ...members.map((model) => modelChoice(model, modelFacts(model)))] : [],
    ),
  ];
}

function modelChoice(model: ModelEntry, description: string): Choice<ModelEntry> {
  const mark = fitness(model) === 'unfit' || fitness(model) === 'damaged' ? '$(circle-slash) ' : '';
  const reason = hindrance(model);
  return {
    label: `${mark}${modelName(model)}`,
    description,
    ...(reason === undefined ? {} : { detail: reason }),
    value: model,
  };
}
