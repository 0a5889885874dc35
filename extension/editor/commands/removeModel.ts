import * as vscode from 'vscode';
import { mayHandleModels } from '../platform/trust';
import { bytesText, modelName } from '../views/modelText';
import { chosenModel } from './chosenModel';
import type { Command } from './studio';

/** Deletes a model from the cache it lies in, once the person has confirmed it. */
export const removeModel: Command = async (studio, argument) => {
  if (!mayHandleModels()) return;
  const model = await chosenModel(studio, argument, ({ removable }) => removable);
  if (!model) return;
  const confirm = vscode.l10n.t('Remove');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove the model "{0}"?', modelName(model)),
    {
      modal: true,
      detail: vscode.l10n.t(
        'About {0} in {1} are deleted. Other programs that share this cache have to download it again, and so do you.',
        bytesText(model.bytes),
        model.path,
      ),
    },
    confirm,
  );
  if (answer !== confirm) return;
  const { freed } = await studio.trainerHost.start<'remove-model'>({ kind: 'remove-model', id: model.id }).result;
  await studio.models.refresh();
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} is removed; {1} are free again.', modelName(model), bytesText(freed)),
  );
};
