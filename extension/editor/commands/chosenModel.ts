import * as vscode from 'vscode';
import type { ModelEntry } from '../../protocol/models';
import type { ModelNode } from '../views/modelRows';
import { fitnessText, hindrance, modelFacts, modelName, sourceText } from '../views/modelText';
import type { Studio } from './studio';

/**
 * The model that a command is about: the one it was called on in the view; by key the one selected there; from the palette one
 * that the person picks among those that are `suitable`. Undefined when the person left, or when there is none, which is said.
 *
 * @throws TrainerFailure when the models of this machine cannot be listed.
 */
export async function chosenModel(
  { models, modelsTree }: Studio,
  argument: unknown,
  suitable: (model: ModelEntry) => boolean = () => true,
): Promise<ModelEntry | undefined> {
  const called = argument === 'selected' ? modelsTree.selected : calledOn(argument);
  if (called) return suitable(called) ? called : undefined;
  const items = models.list().then((list) =>
    list.models.filter(suitable).map((model) => ({
      label: modelName(model),
      description: `${sourceText(model.source)} · ${modelFacts(model)}`,
      detail: hindrance(model) ?? fitnessText(model),
      model,
    })),
  );
  if ((await items).length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no model for which this can be done.'));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Choose a model'),
    matchOnDescription: true,
  });
  return picked?.model;
}

/** The model that a command was called on in the view; undefined when it was called on none. */
function calledOn(argument: unknown): ModelEntry | undefined {
  if (typeof argument !== 'object' || argument === null || !('kind' in argument)) return undefined;
  return argument.kind === 'model' ? (argument as ModelNode).model : undefined;
}
