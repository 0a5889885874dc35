import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { exists } from '../platform/files';
import type { Command } from './studio';

/** Copies the sample data sets and experiments to a folder of the person's choice and opens it. Existing files stay as they are. */
export const openSample: Command = async ({ context }) => {
  const samples = join(context.extensionPath, 'samples');
  if (!(await exists(join(samples, 'amazon.jsonl')))) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('This build has no sample data. Run "npm run samples" in {0}.', context.extensionPath),
    );
    return;
  }
  if (vscode.workspace.workspaceFolders?.some(({ uri }) => uri.fsPath === samples)) {
    await vscode.window.showTextDocument(vscode.Uri.file(join(samples, 'amazon.tune.json')));
    return;
  }
  const [parent] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: vscode.l10n.t('Where to put the folder "soft-prompt-samples"'),
      openLabel: vscode.l10n.t('Copy Samples Here'),
    })) ?? [];
  if (!parent) return;
  const folder = join(parent.fsPath, 'soft-prompt-samples');
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(samples)) {
    // Runs that were made in the samples themselves are not part of them.
    if (name.startsWith('.')) continue;
    await cp(join(samples, name), join(folder, name), { recursive: true, force: false });
  }
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder));
};
