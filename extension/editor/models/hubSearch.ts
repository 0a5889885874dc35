import * as vscode from 'vscode';
import type { HubSearchPage, HubSearchResult } from '../../protocol/models';
import type { Trainer } from '../../trainer/client';
import { Disposables } from '../platform/disposables';
import type { TrainerHost } from '../training/trainerHost';
import { hubFacts } from '../views/modelText';
import { askHubToken } from './askHubToken';
import type { HubAccount } from './hubAccount';
import { isHubName } from './hubName';

/** Milliseconds without a keystroke after which the words are searched for. */
const settleTime = 250;
const mostResults = 50;

/** What was chosen: a model; or what stands in the way, after which the search goes on. */
type Chosen = { readonly id: string } | 'token' | 'again';

interface Item extends vscode.QuickPickItem {
  readonly chosen?: Chosen;
  /** Its page for a browser. */
  readonly page?: string;
}

/** Asks for a model of the hub, searching as the person types. @returns "organisation/name"; undefined when the person left. */
export async function askHubModel(host: TrainerHost, account: HubAccount): Promise<string | undefined> {
  for (let words = ''; ;) {
    const answer = await search(host, account, words);
    if (!answer) return undefined;
    if (typeof answer.chosen === 'object') return answer.chosen.id;
    if (answer.chosen === 'token') await askHubToken(account);
    words = answer.words;
  }
}

async function search(
  host: TrainerHost,
  account: HubAccount,
  words: string,
): Promise<{ readonly chosen: Chosen; readonly words: string } | undefined> {
  const own = new Disposables();
  const pick = own.add(vscode.window.createQuickPick<Item>());
  pick.title = vscode.l10n.t('Download Model from the Hub');
  pick.placeholder = vscode.l10n.t('Words of its name, or "organisation/name"');
  pick.value = words;
  pick.ignoreFocusOut = true;
  let searching: Trainer<HubSearchPage> | undefined;
  let settling: NodeJS.Timeout | undefined;

  const find = async (typed: string): Promise<void> => {
    const hub = await account.access();
    // Typed on, or left, meanwhile: a later search has been set off, or none is wanted.
    if (pick.value !== typed || settling === undefined) return;
    const mine = host.start<'search-hub'>({ kind: 'search-hub', words: typed.trim(), hub, limit: mostResults });
    searching = mine;
    const items = await mine.result.then(
      ({ results }) => resultItems(typed.trim(), results),
      (error: unknown) => failureItems(typed.trim(), error),
    );
    // It was ended for a newer one.
    if (searching !== mine) return;
    searching = undefined;
    pick.items = items;
    pick.busy = false;
  };
  const stop = (): void => {
    clearTimeout(settling);
    settling = undefined;
    searching?.kill();
    searching = undefined;
  };
  const findSoon = (milliseconds: number): void => {
    stop();
    pick.busy = true;
    // What was found for other words is not to be chosen by mistake.
    pick.items = [{ label: vscode.l10n.t('Searching...'), alwaysShow: true }];
    settling = setTimeout(() => void find(pick.value), milliseconds);
  };

  own.add(pick.onDidChangeValue(() => findSoon(settleTime)));
  own.add(
    pick.onDidTriggerItemButton(({ item: { page } }) => {
      if (page !== undefined) void vscode.env.openExternal(vscode.Uri.parse(page, true));
    }),
  );
  pick.show();
  findSoon(0);
  try {
    return await new Promise((resolve) => {
      own.add(
        pick.onDidAccept(() => {
          const chosen = pick.selectedItems[0]?.chosen;
          if (chosen !== undefined) resolve({ chosen, words: pick.value });
        }),
      );
      own.add(pick.onDidHide(() => resolve(undefined)));
    });
  } finally {
    stop();
    own.dispose();
  }
}

/** What was found, as the hub ordered it; a whole name can be taken even where the search does not show it. */
function resultItems(words: string, results: readonly HubSearchResult[]): Item[] {
  const named = results.some(({ id }) => id === words) ? [] : namedItems(words);
  const items = [...named, ...results.map(resultItem)];
  return items.length > 0
    ? items
    : [{ label: vscode.l10n.t('No model has these words in its name.'), alwaysShow: true }];
}

function resultItem(result: HubSearchResult): Item {
  const { id, page, supported, architecture } = result;
  return {
    label: id,
    description: hubFacts(result),
    ...(supported === false
      ? {
          detail: `$(circle-slash) ${vscode.l10n.t('The architecture "{0}" is not supported.', architecture ?? '?')}`,
        }
      : {}),
    alwaysShow: true,
    buttons: [{ iconPath: new vscode.ThemeIcon('link-external'), tooltip: vscode.l10n.t('Open Model Page') }],
    chosen: { id },
    page,
  };
}

function namedItems(words: string): Item[] {
  if (!isHubName(words)) return [];
  const label = `$(cloud-download) ${vscode.l10n.t('Download {0}', words)}`;
  return [{ label, alwaysShow: true, chosen: { id: words } }];
}

function failureItems(words: string, error: unknown): Item[] {
  const detail = error instanceof Error ? error.message : String(error);
  return [
    ...namedItems(words),
    { label: `$(error) ${vscode.l10n.t('The hub could not be searched')}`, detail, alwaysShow: true },
    { label: `$(refresh) ${vscode.l10n.t('Try Again')}`, alwaysShow: true, chosen: 'again' },
    { label: `$(key) ${vscode.l10n.t('Set Hugging Face Token...')}`, alwaysShow: true, chosen: 'token' },
  ];
}
