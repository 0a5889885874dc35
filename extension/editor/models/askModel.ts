import * as vscode from 'vscode';
import type { RecommendedModel } from '../../protocol/models';
import { type Answer, type Choice, type ChooseQuestion, back, choose } from '../platform/questions';
import type { TrainerHost } from '../training/trainerHost';
import { goodForText, recommendationFacts } from '../views/recommendedModels';
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

type Chosen = { readonly model: string } | { readonly recommended: RecommendedModel } | 'download' | 'browse';

/**
 * Asks for a frozen model: one of this machine, one of the hub, which is downloaded first, or any folder.
 *
 * @param known the model that is marked first.
 * @param dataSet what the model is for, absolute: models of the hub that suit it are offered, too.
 * @returns the model as an experiment names it: "bundled", "organisation/name", or an absolute path.
 */
export async function askModel(
  parts: ModelParts,
  place: Omit<ChooseQuestion<never>, 'choices' | 'active'>,
  known?: string,
  dataSet?: string,
): Promise<Answer<string>> {
  for (;;) {
    const chosen = await choose<Chosen>({
      ...place,
      choices: choices(parts, dataSet),
      active: (value) => typeof value === 'object' && 'model' in value && value.model === known,
    });
    if (typeof chosen === 'object' && 'model' in chosen) return chosen.model;
    if (chosen === undefined || chosen === back) return chosen;
    const model = await fetched(parts, place.title, chosen);
    if (model !== undefined) return model;
  }
}

/** The model of a choice that is not on this machine yet, or lies anywhere; undefined where nothing came of it. */
async function fetched(
  parts: ModelParts,
  title: string,
  chosen: Exclude<Chosen, { readonly model: string }>,
): Promise<string | undefined> {
  if (chosen === 'browse') return askModelPlace(title, vscode.l10n.t('Use Model'));
  const id = chosen === 'download' ? await askHubModel(parts.trainerHost, parts.account) : chosen.recommended.id;
  const model = id === undefined ? undefined : await fetchModel(parts, id);
  return model?.entry.model;
}

async function choices({ models, log }: ModelParts, dataSet: string | undefined): Promise<Choice<Chosen>[]> {
  const recommended = dataSet === undefined ? [] : recommendedChoices(models, dataSet, log);
  const list = await models.list();
  const found = modelChoices(list.models, models.places.recent);
  return [
    ...found.map(({ value, ...choice }) => (value ? { ...choice, value: { model: value.model } } : choice)),
    ...(await recommended),
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

/** Models of the hub that suit this machine and the data set. Where they cannot be found out the others are offered alone. */
async function recommendedChoices(
  models: ModelCatalog,
  dataSet: string,
  log: vscode.LogOutputChannel,
): Promise<Choice<Chosen>[]> {
  try {
    const recommendation = await models.recommend(dataSet);
    if (recommendation.models.length === 0) return [];
    return [
      { label: vscode.l10n.t('Recommended for this data and this machine') },
      ...recommendation.models.map((model) => ({
        label: `$(${model.downloaded ? 'check' : 'cloud-download'}) ${model.id}`,
        description: recommendationFacts(model),
        detail: goodForText(model),
        value: model.downloaded ? { model: model.id } : { recommended: model },
      })),
    ];
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error));
    return [];
  }
}
