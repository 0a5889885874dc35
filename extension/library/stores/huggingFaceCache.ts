import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { bytesBelow, cachedRepositories, type CachedRepository } from '../hub/hubCache';
import { hubCacheFolder } from '../hub/hubSettings';
import { ggufModels, ggufName } from './ggufFiles';
import type { FoundModel, ModelStore, StoreContents } from './store';
import { StoreFolder } from './storeFolder';

/** The models in the cache that Python's huggingface_hub, transformers and PEFT share, and llama.cpp of today. */
export const huggingFaceCache: ModelStore = {
  name: 'Hugging Face cache',
  async find(environment) {
    const found = await Promise.all((await cachedRepositories(hubCacheFolder(environment))).map(cachedModel));
    return { models: found.flatMap(({ models }) => models), problems: found.flatMap(({ problems }) => problems) };
  },
};

/** The snapshot of a cached model that its id stands for. */
export async function cachedSnapshot(repository: CachedRepository): Promise<string | undefined> {
  const commit = (await repository.commitOf('main')) ?? (await repository.newestCommit());
  return commit === undefined ? undefined : repository.snapshot(commit);
}

/** The model of a repository, or its GGUF files; nothing for what is no model of its own, such as a tokenizer alone. */
async function cachedModel(repository: CachedRepository): Promise<StoreContents> {
  const path = await cachedSnapshot(repository);
  if (path === undefined) return { models: [], problems: [] };
  if (existsSync(join(path, 'config.json')))
    return { models: [await huggingFaceModel(repository, path)], problems: [] };
  const problems: string[] = [];
  // The files of a snapshot are links to blobs of the same repository.
  const folder = await StoreFolder.open(repository.folder, problems);
  const snapshot = relative(repository.folder, path).split(sep);
  const ways = folder === undefined ? [] : await ggufModels(folder, 1, ...snapshot);
  const models = ways.map((way): FoundModel => {
    const name = `${repository.id}/${ggufName(way.slice(snapshot.length))}`;
    return { name, source: 'hub', path: join(repository.folder, ...way) };
  });
  return { models, problems };
}

/** A cached model as a store tells it. @param path its snapshot. */
export async function huggingFaceModel(repository: CachedRepository, path: string): Promise<FoundModel> {
  const { id, folder } = repository;
  const bytes = await bytesBelow(folder);
  return { name: id, source: 'hub', model: id, path, bytes, remove: () => repository.remove() };
}
