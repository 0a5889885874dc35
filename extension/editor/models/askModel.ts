import * as vscode from 'vscode';
import { type Answer, type Choice, type ChooseQuestion, choose } from '../platform/questions';
import type { TrainerHost } from '../training/trainerHost';
import { askModelPlace } from './askModelPlace';
import type { Downloads } from './downloads';
import { fetchModel } from './fetchModel';
import type { HubAccount } from './hubAccount';
import { askHubModel } from './hubSearch';
import type { ModelCatalog } from './modelCatalog';
import { modelChoices } from './modelChoices';

/** What the question for a model needs of the extension. */
export interface ModelParts {
  readonly trainerHost: TrainerHost;
  readonly models: ModelCatalog;
  readonly account: HubAccount;
  readonly downloads: Downloads;
  readonly log: vscode.LogOutputChannel;
}

type Chosen = { readonly model: string } | 'download' | 'browse';

/**
 * Asks for a frozen model: one of this machine, one of the hub, which is downloaded first, or any folder.
 *
 * @param known the model that is marked first.
 * @returns the model as an experiment names it: "bundled", "organisation/name", or an absolute path.
 */
export async function askModel(
  parts: ModelParts,
  place: Omit<ChooseQuestion<never>, 'choices' | 'active'>,
  known?: string,
): Promise<Answer<string>> {
  for (;;) {
    const chosen = await choose<Chosen>({
      ...place,
      choices: choices(parts.models),
      active: (value) => typeof value === 'object' && value.model === known,
    });
    if (typeof chosen === 'object') return chosen.model;
    if (chosen !== 'download' && chosen !== 'browse') return chosen;
    const model =
      chosen === 'download' ? await downloaded(parts) : await askModelPlace(place.title, vscode.l10n.t('Use Model'));
    if (model !== undefined) return model;
  }
}

async function choices(models: ModelCatalog): Promise<Choice<Chosen>[]> {
  const list = await models.list();
  const found = modelChoices(list.models, models.places.recent);
  return [
    ...found.map(({ value, ...choice }) => (value ? { ...choice, value: { model: value.model } } : choice)),
    { label: vscode.l10n.t('Elsewhere') },
    {
      label: `$(cloud-download) ${vscode.l10n.t('Download...')}`,
      description: vscode.l10n.t('a model of the Hugging Face Hub'),
      value: 'download',
    },
    {
      label: `$(folder-opened) ${vscode.l10n.t('Browse...')}`,
      description: vscode.l10n.t('a model folder, or a GGUF file'),
      value: 'browse',
    },
  ];
}

async function downloaded(parts: ModelParts): Promise<string | undefined> {
  const id = await askHubModel(parts.trainerHost, parts.account);
  const model = id === undefined ? undefined : await fetchModel(parts, id);
  return model?.entry.model;
}
