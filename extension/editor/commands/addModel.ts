import * as vscode from 'vscode';
import type { Command } from './studio';

/** Puts a model folder or a GGUF file of the person's own into the Models view; its files stay where they are. */
export const addModel: Command = async ({ models, modelsTree }) => {
  const path = await askPlace();
  if (path === undefined) return;
  await models.places.add(path);
  models.refresh();
  const added = (await models.list()).models.find((model) => model.path === path);
  if (added) await modelsTree.show(added.id);
};

/** A dialog of most systems shows either files or folders, so that is asked first. */
async function askPlace(): Promise<string | undefined> {
  const kinds = [
    {
      label: `$(folder) ${vscode.l10n.t('Model Folder...')}`,
      detail: vscode.l10n.t('A folder with config.json, tokenizer.json and .safetensors files, as on Hugging Face'),
      folder: true,
    },
    {
      label: `$(file-binary) ${vscode.l10n.t('GGUF File...')}`,
      detail: vscode.l10n.t('One .gguf file, as for llama.cpp'),
      folder: false,
    },
  ];
  const title = vscode.l10n.t('Add Model Folder or GGUF File');
  const kind = await vscode.window.showQuickPick(kinds, { title, placeHolder: vscode.l10n.t('What to add') });
  if (!kind) return undefined;
  const [place] =
    (await vscode.window.showOpenDialog({
      title,
      canSelectFiles: !kind.folder,
      canSelectFolders: kind.folder,
      openLabel: vscode.l10n.t('Add Model'),
      ...(kind.folder ? {} : { filters: { GGUF: ['gguf'] } }),
    })) ?? [];
  return place?.fsPath;
}
