import * as vscode from 'vscode';
import { askModelPlace } from '../models/askModelPlace';
import type { Command } from './studio';

/** Puts a model folder or a GGUF file of the person's own into the Models view; its files stay where they are. */
export const addModel: Command = async ({ models, modelsTree }) => {
  const title = vscode.l10n.t('Add Model Folder or GGUF File');
  const path = await askModelPlace(title, vscode.l10n.t('Add Model'));
  if (path === undefined) return;
  await models.places.add(path);
  await models.refresh();
  const added = (await models.list()).models.find((model) => model.path === path);
  if (added) await modelsTree.show(added.id);
};
