import * as vscode from 'vscode';
import { fetchModel } from '../models/fetchModel';
import { askHubModel } from '../models/hubSearch';
import { tell } from '../platform/offer';
import { mayHandleModels } from '../platform/trust';
import { bytesText } from '../views/modelText';
import type { Command } from './studio';

/** Downloads a model of the hub: the one called on ("organisation/name"), or one that the person searches for. */
export const downloadModel: Command = async (studio, argument) => {
  if (!mayHandleModels()) return;
  const id = typeof argument === 'string' ? argument : await askHubModel(studio.trainerHost, studio.account);
  if (id === undefined) return;
  const model = await fetchModel(studio, id);
  if (!model) return;
  const text =
    model.fetched === 0
      ? vscode.l10n.t('{0} was on this machine already.', id)
      : vscode.l10n.t('{0} is downloaded: {1}.', id, bytesText(model.fetched));
  tell(
    'info',
    text,
    {
      title: vscode.l10n.t('Tune Prompt'),
      act: () => vscode.commands.executeCommand('softPrompt.tuneWithModel', { kind: 'model', model: model.entry }),
    },
    { title: vscode.l10n.t('Show in Models View'), act: () => studio.modelsTree.show(model.entry.id) },
  );
};
