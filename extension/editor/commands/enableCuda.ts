import * as vscode from 'vscode';
import type { CudaState } from '../../protocol/trainer';
import { TrainerFailure } from '../../trainer/failure';
import { tell } from '../platform/offer';
import { changeSetting } from '../platform/settings';
import { mayHandleModels } from '../platform/trust';
import type { Command, Studio } from './studio';

/** Fetches onnxruntime's CUDA libraries once the person has agreed, and says whether they work here. */
export const enableCuda: Command = async (studio) => {
  if (!mayHandleModels()) return;
  const agree = vscode.l10n.t('Download');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Download the CUDA libraries of onnxruntime?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'A few hundred MB come from nuget.org and are put beside the extension. CUDA 12 and cuDNN 9 have to be installed on this machine. Disable CUDA removes them again; an update of the extension does too.',
      ),
    },
    agree,
  );
  if (answer !== agree) return;
  try {
    const state = await fetched(studio);
    if (state) told(studio, state);
  } catch (error) {
    const failure = error instanceof TrainerFailure ? error : new TrainerFailure('internal', String(error));
    studio.log.error(failure.message);
    if (failure.code === 'stopped') tell('info', failure.message);
    else
      tell('error', failure.message, {
        title: vscode.l10n.t('Try Again'),
        act: () => vscode.commands.executeCommand('softPrompt.enableCuda'),
      });
  }
};

function fetched({ trainerHost }: Studio): Thenable<CudaState | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Enabling CUDA'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, cancelled) => {
    let shown = 0;
    const trainer = trainerHost.start<'enable-cuda'>({ kind: 'enable-cuda' }, (event) => {
      if (event.type !== 'phase') return;
      const share = (event.share ?? 0) * 100;
      progress.report({ message: event.text, increment: Math.max(0, share - shown) });
      shown = Math.max(shown, share);
    });
    const listening = cancelled.onCancellationRequested(() => trainer.stop());
    return trainer.result.finally(() => void listening.dispose());
  });
}

function told({ log }: Studio, { folder, problem }: CudaState): void {
  log.info(`CUDA: ${folder}${problem === undefined ? '' : `: ${problem}`}`);
  if (problem === undefined)
    tell('info', vscode.l10n.t('CUDA works; runs with the execution provider "auto" use it.'), {
      title: vscode.l10n.t('Use CUDA'),
      act: () => changeSetting('executionProvider', 'cuda'),
    });
  else
    tell('warning', vscode.l10n.t('The CUDA libraries are there, but do not work yet: {0}', problem), {
      title: vscode.l10n.t('Show Log'),
      act: () => vscode.commands.executeCommand('softPrompt.showLog'),
    });
}
