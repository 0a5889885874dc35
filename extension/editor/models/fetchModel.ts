import * as vscode from 'vscode';
import type { DownloadedModel } from '../../protocol/models';
import type { FailureCode } from '../../protocol/trainer';
import { TrainerFailure } from '../../trainer/failure';
import { type Offer, tell } from '../platform/offer';
import { askHubToken } from './askHubToken';
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
    const again = (): unknown => vscode.commands.executeCommand('softPrompt.downloadModel', id);
    if (failure.code === 'stopped') {
      const text = vscode.l10n.t('The download of {0} was stopped. What was fetched is kept.', id);
      tell('info', text, { title: vscode.l10n.t('Resume Download'), act: again });
      return undefined;
    }
    log.error(`${id}: ${failure.message}`);
    if (failure.detail) log.error(failure.detail);
    const text = vscode.l10n.t('{0}: {1}', id, failure.message);
    tell('error', text, ...remedies(failure.code, id, account, again), {
      title: vscode.l10n.t('Try Again'),
      act: again,
    });
    return undefined;
  }
}

/** What helps against a failure, besides trying again at once. */
function remedies(code: FailureCode, id: string, account: HubAccount, again: () => unknown): Offer[] {
  const token: Offer = {
    title: vscode.l10n.t('Set Hugging Face Token...'),
    act: async () => {
      if (await askHubToken(account)) await again();
    },
  };
  const page: Offer = {
    title: vscode.l10n.t('Open Model Page'),
    act: () => vscode.env.openExternal(vscode.Uri.parse(account.page(id), true)),
  };
  switch (code) {
    case 'hub-token':
      return [token];
    case 'hub-gated':
      return [page, token];
    case 'hub-missing':
      return [page];
    case 'hub-unreachable':
    case 'disk-full':
      return [];
    default:
      return [{ title: vscode.l10n.t('Show Log'), act: () => vscode.commands.executeCommand('softPrompt.showLog') }];
  }
}
