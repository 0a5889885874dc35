import * as vscode from 'vscode';
import type { DownloadedModel, DownloadProgress } from '../../protocol/models';
import type { TrainerHost } from '../training/trainerHost';
import { downloadText } from '../views/modelText';
import type { HubAccount } from './hubAccount';
import type { ModelCatalog } from './modelCatalog';

/** Fetches models from the hub, each with a notification that shows how far it is and cancels it. */
export class Downloads {
  readonly #live = new Map<string, Promise<DownloadedModel>>();

  constructor(
    private readonly host: TrainerHost,
    private readonly account: HubAccount,
    private readonly catalog: ModelCatalog,
  ) {}

  /**
   * Downloads a model, or goes on with a download that was stopped. A second call while it is under way waits for the first.
   *
   * @param id "organisation/name".
   * @throws TrainerFailure, of the kind "stopped" when the person cancelled it.
   */
  async fetch(id: string): Promise<DownloadedModel> {
    const known = this.#live.get(id);
    if (known) return known;
    const fetching = this.#fetch(id).finally(() => this.#live.delete(id));
    this.#live.set(id, fetching);
    return fetching;
  }

  async #fetch(id: string): Promise<DownloadedModel> {
    const hub = await this.account.access();
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Downloading {0}', id),
      cancellable: true,
    };
    const model = await vscode.window.withProgress(options, async (progress, cancelled) => {
      let shown = 0;
      const report = (state: DownloadProgress): void => {
        const share = state.total > 0 ? (state.done / state.total) * 100 : 0;
        progress.report({ message: downloadText(state), increment: Math.max(0, share - shown) });
        shown = Math.max(shown, share);
      };
      const trainer = this.host.start<'download-model'>({ kind: 'download-model', id, hub }, (event) => {
        if (event.type === 'download') report(event.progress);
        else if (event.type === 'phase') progress.report({ message: event.text });
      });
      const listening = cancelled.onCancellationRequested(() => trainer.stop());
      return trainer.result.finally(() => void listening.dispose());
    });
    void this.catalog.refresh();
    return model;
  }
}
