import { basename, resolve } from 'node:path';
import type { FrozenModel } from '../../engine/models/frozenModel';
import { loadFrozenModel } from '../../engine/models/loadFrozenModel';
import type { FrozenWeights } from '../../protocol/experiment';
import type { TrainerResources } from '../../protocol/trainer';
import { attempt } from './context';

/** A model as an experiment or a person names it ("bundled", or a path from `baseFolder`): where it lies and what it is called. */
export function namedModel(
  model: string,
  baseFolder: string,
  resources: TrainerResources,
): { readonly folder: string; readonly name: string } {
  if (model === 'bundled') return { folder: resources.bundledModel, name: 'bundled' };
  const folder = resolve(baseFolder, model);
  return { folder, name: basename(folder) };
}

/** Opens a model by its name. @throws TrainerFailure "bad-model" with words for the person. */
export function openNamedModel(
  model: string,
  baseFolder: string,
  resources: TrainerResources,
  frozenWeights: FrozenWeights = 'stored',
): Promise<FrozenModel> {
  const { folder, name } = namedModel(model, baseFolder, resources);
  return attempt('bad-model', () => loadFrozenModel(folder, { name, frozenWeights }));
}
