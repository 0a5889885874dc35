import { findModels } from '../../../library/localModels';
import type { RemovedModel, RemoveModelJob } from '../../../protocol/models';
import { TrainerFailure } from '../../failure';
import { attempt, type JobContext } from '../context';

/** Removes a model from the cache that holds it; what lies in a folder of the person's own is not touched. */
export async function removeModel({ id }: RemoveModelJob, { resources }: JobContext): Promise<RemovedModel> {
  const { models } = await findModels({ bundled: resources.bundledModel, folders: [] });
  const model = models.find((each) => `${each.source}:${each.model ?? each.path}` === id);
  if (model?.remove === undefined)
    throw new TrainerFailure('bad-model', `"${id}" is not in a cache of models, so it is not removed.`);
  const { name, remove } = model;
  return attempt('bad-model', async () => ({ name, freed: await remove() }));
}
