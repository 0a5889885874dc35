import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { homeFolder } from '../../engine/storage/cacheFolder';
import { ggufModels, ggufName } from './ggufFiles';
import type { FoundModel, ModelStore } from './store';
import { readSmallJson, StoreFolder } from './storeFolder';

/**
 * LM Studio (https://lmstudio.ai/docs): PUBLISHER/MODEL/FILE.gguf in its models folder, or MODEL/FILE.gguf for one that a person put
 * there. The entries of its hub (`hub/models`) only describe models that lie in that folder.
 */
export const lmStudio: ModelStore = {
  name: 'LM Studio',
  async find(environment) {
    const problems: string[] = [];
    const models: FoundModel[] = [];
    for (const path of await modelFolders(environment, problems)) {
      const folder = await StoreFolder.open(path, problems);
      if (folder === undefined) continue;
      for (const way of await ggufModels(folder, 3))
        models.push({ name: ggufName(way), source: 'lm-studio', path: join(path, ...way) });
    }
    return { models, problems };
  },
};

/** The models folder of each of its homes, and the one that the person chose in its settings. */
async function modelFolders(environment: NodeJS.ProcessEnv, problems: string[]): Promise<Set<string>> {
  const homes = await homeFolders(environment);
  const chosen: string[] = [];
  for (const home of homes) {
    const file = join(home, 'settings.json');
    try {
      const settings = (await readSmallJson(file)) as { downloadsFolder?: unknown } | null;
      const folder = settings?.downloadsFolder;
      if (typeof folder === 'string' && isAbsolute(folder)) chosen.push(folder);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
        problems.push(`${file}: cannot be read (${(error as Error).message}).`);
    }
  }
  return new Set([...homes.map((home) => join(home, 'models')), ...chosen]);
}

/** Its homes of now and of before 0.3.6, and the one that it was moved to, which it notes beside the first. */
async function homeFolders(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const home = homeFolder(environment);
  const noted = await readFile(join(home, '.lmstudio-home-pointer'), 'utf8').catch(() => '');
  const moved = noted.replace(/^\uFEFF/, '').trim();
  const usual = [join(home, '.lmstudio'), join(home, '.cache', 'lm-studio')];
  return [...new Set([...usual, ...(isAbsolute(moved) ? [moved] : [])])];
}
