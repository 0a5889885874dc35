import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bytesBelow, cachedRepositories, type CachedRepository } from '../hub/hubCache';
import { hubCacheFolder } from '../hub/hubSettings';
import type { FoundModel, ModelStore } from './store';

/** The models in the cache that Python's huggingface_hub, transformers and PEFT share. */
export const huggingFaceCache: ModelStore = {
  name: 'Hugging Face cache',
  async find(environment) {
    const found = await Promise.all((await cachedRepositories(hubCacheFolder(environment))).map(cachedModel));
    return { models: found.filter((model) => model !== undefined), problems: [] };
  },
};

/** The snapshot of a cached model that its id stands for. */
export async function cachedSnapshot(repository: CachedRepository): Promise<string | undefined> {
  const commit = (await repository.commitOf('main')) ?? (await repository.newestCommit());
  return commit === undefined ? undefined : repository.snapshot(commit);
}

/** Undefined for what is no model of its own, such as a tokenizer alone. */
async function cachedModel(repository: CachedRepository): Promise<FoundModel | undefined> {
  const path = await cachedSnapshot(repository);
  if (path === undefined || !existsSync(join(path, 'config.json'))) return undefined;
  return huggingFaceModel(repository, path);
}

/** A cached model as a store tells it. @param path its snapshot. */
export async function huggingFaceModel(repository: CachedRepository, path: string): Promise<FoundModel> {
  const { id, folder } = repository;
  const bytes = await bytesBelow(folder);
  return { name: id, source: 'hub', model: id, path, bytes, remove: () => repository.remove() };
}
