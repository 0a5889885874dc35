import * as vscode from 'vscode';

/** Whether models may run here. Where they may not, says so and offers the way to change it. */
export function mayTune(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void refuse();
  return false;
}

async function refuse(): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Tuning a prompt runs models and writes files, so it needs a trusted workspace. Runs can still be looked at.',
    ),
    manage,
  );
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}
