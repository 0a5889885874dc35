import * as vscode from 'vscode';
import { tell } from '../platform/offer';
import type { HubAccount } from './hubAccount';

/** Asks for the token of Hugging Face and keeps it; an empty answer takes the kept one away. @returns whether it was answered. */
export async function askHubToken(account: HubAccount): Promise<boolean> {
  const kept = await account.hasToken();
  const token = await vscode.window.showInputBox({
    title: vscode.l10n.t('Hugging Face Token'),
    prompt: kept
      ? vscode.l10n.t('A token is kept. Paste another one, or leave this empty to remove it.')
      : vscode.l10n.t('Paste an access token with the right to read. It is kept in the secret storage of the editor.'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) =>
      /\s/.test(value.trim()) ? vscode.l10n.t('A token has no spaces in it. Paste only the token.') : undefined,
  });
  if (token === undefined) return false;
  await account.setToken(token.trim());
  if (token.trim()) tell('info', vscode.l10n.t('The Hugging Face token is kept.'));
  else if (kept) tell('info', vscode.l10n.t('The Hugging Face token is removed.'));
  return true;
}
