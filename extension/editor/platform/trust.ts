import * as vscode from 'vscode';

/** Whether models may run here. Where they may not, says so and offers the way to change it. */
export function mayTune(): boolean {
  return trusted(
    vscode.l10n.t(
      'Tuning a prompt runs models and writes files, so it needs a trusted workspace. Runs can still be looked at.',
    ),
  );
}

/** As {@link mayTune}, for evaluating. */
export function mayEvaluate(): boolean {
  return trusted(
    vscode.l10n.t(
      'Evaluating prompts runs models and writes files, so it needs a trusted workspace. Evaluations can still be looked at.',
    ),
  );
}

function trusted(whyNot: string): boolean {
  if (vscode.workspace.isTrusted) return true;
  void refuse(whyNot);
  return false;
}

async function refuse(whyNot: string): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const answer = await vscode.window.showWarningMessage(whyNot, manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}
