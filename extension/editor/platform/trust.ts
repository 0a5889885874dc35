import * as vscode from 'vscode';
import { tell } from './offer';

/** Whether models may run here. Where they may not, says so and offers the way to change it. */
export function mayTune(): boolean {
  return trusted(
    vscode.l10n.t(
      'Tuning a prompt runs models and writes files, so it needs a trusted workspace. Runs can still be looked at.',
    ),
  );
}

/** Whether models and prompts may be fetched, read through, made into runs and removed here; otherwise as {@link mayTune}. */
export function mayHandleModels(): boolean {
  return trusted(
    vscode.l10n.t(
      'This reads and writes files of models and prompts, so it needs a trusted workspace. The models of this machine can still be looked at.',
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

function trusted(otherwise: string): boolean {
  if (vscode.workspace.isTrusted) return true;
  tell('warning', otherwise, {
    title: vscode.l10n.t('Manage Workspace Trust'),
    act: () => vscode.commands.executeCommand('workbench.trust.manage'),
  });
  return false;
}
