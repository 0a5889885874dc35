import * as vscode from 'vscode';

/** Asks for a model folder or a .gguf file, absolute. A dialog of most systems shows either the one or the other, so which is asked first. */
export async function askModelPlace(title: string, openLabel: string): Promise<string | undefined> {
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
  const kind = await vscode.window.showQuickPick(kinds, { title, placeHolder: vscode.l10n.t('What kind of model') });
  if (!kind) return undefined;
  const [place] =
    (await vscode.window.showOpenDialog({
      title,
      canSelectFiles: !kind.folder,
      canSelectFolders: kind.folder,
      openLabel,
      ...(kind.folder ? {} : { filters: { GGUF: ['gguf'] } }),
    })) ?? [];
  return place?.fsPath;
}
