import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FrozenModel } from '../../engine/models/frozenModel';
import { ggufName } from '../../engine/models/gguf/ggufParts';
import { type LoadOptions, loadFrozenModel } from '../../engine/models/loadFrozenModel';
import { unpackedFolder } from '../../engine/storage/unpackedFolder';
import { CachedRepository } from '../../library/hub/hubCache';
import { isHubId } from '../../library/hub/hubId';
import { hubCacheFolder } from '../../library/hub/hubSettings';
import { cachedSnapshot } from '../../library/stores/huggingFaceCache';
import type { TrainerResources } from '../../protocol/trainer';
import { TrainerFailure } from '../failure';
import { attempt } from './context';

/**
 * A model as an experiment or a person names it: "bundled", a folder or .gguf file (a path from `baseFolder`), or "organisation/name"
 * of the hub, which stands for the snapshot in the cache. A path that exists wins. Where it lies and what it is called.
 *
 * @throws TrainerFailure "bad-model" for a model of the hub that is not on this machine; nothing is fetched unasked.
 */
export async function namedModel(
  model: string,
  baseFolder: string,
  resources: TrainerResources,
): Promise<{ readonly folder: string; readonly name: string }> {
  if (model === 'bundled')
    return { folder: await attempt('bad-model', () => unpackedFolder(resources.bundledModel)), name: 'bundled' };
  const folder = resolve(baseFolder, model);
  if (existsSync(folder) || !isHubId(model)) return { folder, name: ggufName(folder) };
  const snapshot = await cachedSnapshot(new CachedRepository(hubCacheFolder(process.env), model));
  if (snapshot !== undefined) return { folder: snapshot, name: model };
  throw new TrainerFailure(
    'bad-model',
    `There is no folder ${folder}, and the hub's model "${model}" is not on this machine. Fetch it with "softprompt models ` +
      `download ${model}" or with Download Model in the Models view, or correct the path.`,
  );
}

/** Opens a model by its name; a GGUF file is unpacked first, which `signal` and `onProgress` follow. @throws TrainerFailure "bad-model" with words for the person. */
export async function openNamedModel(
  model: string,
  baseFolder: string,
  resources: TrainerResources,
  options: Pick<LoadOptions, 'signal' | 'onProgress' | 'frozenWeights'> = {},
): Promise<FrozenModel> {
  const { folder, name } = await namedModel(model, baseFolder, resources);
  return attempt('bad-model', () => loadFrozenModel(folder, { ...options, name }));
}
