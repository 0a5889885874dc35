import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ExportFormat } from '../../protocol/evaluationPanel';
import type { SavedFormat } from '../../protocol/inspectPanel';
import { tell } from '../platform/offer';

/** What each format is called in the save dialog. */
function formatName(format: SavedFormat | ExportFormat): string {
  const names: Readonly<Record<SavedFormat | ExportFormat, string>> = {
    svg: vscode.l10n.t('SVG drawing'),
    png: vscode.l10n.t('PNG picture'),
    csv: vscode.l10n.t('CSV table'),
    json: vscode.l10n.t('JSON'),
    jsonl: vscode.l10n.t('JSON lines'),
    md: vscode.l10n.t('Markdown report'),
  };
  return names[format];
}

/**
 * Asks where to save what a panel shows, and saves it there.
 *
 * @param name proposed for the file, without its ending.
 * @param near a file or folder beside which it is proposed, absolute.
 * @param content text; of a PNG its bytes in base64.
 */
export async function saveExport(
  name: string,
  near: string,
  format: SavedFormat | ExportFormat,
  content: string,
): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(near))?.uri.fsPath ?? dirname(near);
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(folder, `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.${format}`)),
    filters: { [formatName(format)]: [format] },
    saveLabel: vscode.l10n.t('Export'),
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, Buffer.from(content, format === 'png' ? 'base64' : 'utf8'));
  tell('info', vscode.l10n.t('Exported to {0}.', vscode.workspace.asRelativePath(target)), {
    title: vscode.l10n.t('Open'),
    act: () => vscode.commands.executeCommand('vscode.open', target),
  });
}
