import * as vscode from 'vscode';
import type { DownloadedModel } from '../../protocol/models';
import type { FailureCode } from '../../protocol/trainer';
import { TrainerFailure } from '../../trainer/failure';
import { type Offer, tell } from '../platform/offer';
import type { Downloads } from './downloads';
import type { HubAccount } from './hubAccount';

interface Parts {
  readonly downloads: Downloads;
  readonly account: HubAccount;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Downloads a model.
 *
 * @param id "organisation/name".
 * @returns undefined when it was not downloaded; then the person is told why, and what can be done.
 */
export async function fetchModel({ downloads, account, log }: Parts, id: string): Promise<DownloadedModel | undefined> {
  try {
    return await downloads.fetch(id);
  } catch (error) {
    const failure = error instanceof TrainerFailure ? error : new TrainerFailure('internal', String(error));
    const again = (title: string): Offer => ({
      title,
      act: () => vscode.commands.executeCommand('softPrompt.downloadModel', id),
    });
    if (failure.code === 'stopped') {
      const text = vscode.l10n.t('The download of {0} was stopped. What was fetched is kept.', id);
      tell('info', text, again(vscode.l10n.t('Resume Download')));
      return undefined;
    }
    log.error(`${id}: ${failure.message}`);
    if (failure.detail) log.error(failure.detail);
    tell(
      'error',
      vscode.l10n.t('{0}: {1}', id, failure.message),
      ...remedies(failure.code, account.page(id)),
      again(vscode.l10n.t('Try Again')),
    );
    return undefined;
  }
}

/** What helps against a failure, besides trying again. */
function remedies(code: FailureCode, page: string): Offer[] {
  const token: Offer = {
    title: vscode.l10n.t('Set Hugging Face Token...'),
    act: () => vscode.commands.executeCommand('softPrompt.setHubToken'),
  };
  const open: Offer = {
    title: vscode.l10n.t('Open Model Page'),
    act: () => vscode.env.openExternal(vscode.Uri.parse(page, true)),
  };
  const log: Offer = {
    title: vscode.l10n.t('Show Log'),
    act: () => vscode.commands.executeCommand('softPrompt.showLog'),
  };
  switch (code) {
    case 'hub-token':
      return [token];
    case 'hub-gated':
      return [open, token];
    case 'hub-missing':
      return [open];
    case 'hub-unreachable':
    case 'disk-full':
      return [];
    default:
      return [log];
  }
}
