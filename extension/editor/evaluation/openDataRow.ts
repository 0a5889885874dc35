import { basename } from 'node:path';
import * as vscode from 'vscode';
import { exists } from '../platform/files';
import { tell } from '../platform/offer';
import { hasLines } from './rejectedRows';

/** Opens a data set at a row, beside what is open. Where rows have no lines of their own, says the row's number instead. */
export async function openDataRow(file: string, row: number): Promise<void> {
  const name = basename(file);
  // Parts of a data set: one of several in a JSON file, or one in pieces. Their rows have no lines of their own.
  const [, whole] = /^(.+\.json)#[^/\\]+$/i.exec(file) ?? [];
  if (whole !== undefined || /-\*-of-\d{5}\.[^/\\]+$/.test(file)) {
    const open = { title: vscode.l10n.t('Open File'), act: () => openBeside(whole!) };
    const text = vscode.l10n.t('Rows of {0} are not lines of text: it is row {1}, counted from 1.', name, row);
    tell('info', text, ...(whole === undefined ? [] : [open]));
    return;
  }
  if (!(await exists(file))) {
    tell('error', vscode.l10n.t('{0} is not there any more, so its row {1} cannot be opened.', file, row));
    return;
  }
  if (!hasLines(file)) {
    tell('info', vscode.l10n.t('Rows of {0} are not lines of text: it is row {1}, counted from 1.', name, row), {
      title: vscode.l10n.t('Open File'),
      act: () => openBeside(file),
    });
    return;
  }
  const place = new vscode.Range(row - 1, 0, row - 1, 0);
  // The editor opens files that are too large to be handed to extensions as documents.
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), {
    viewColumn: vscode.ViewColumn.Beside,
    selection: place,
  } satisfies vscode.TextDocumentShowOptions);
}

function openBeside(file: string): Thenable<unknown> {
  return vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), vscode.ViewColumn.Beside);
}
