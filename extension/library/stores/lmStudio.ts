import { isAbsolute, join } from 'node:path';
import { homeFolder } from '../../engine/storage/cacheFolder';
import type { FoundModel, ModelStore } from './store';
import { readSmallJson, StoreFolder } from './storeFolder';

/** LM Studio (https://lmstudio.ai/docs): PUBLISHER/REPOSITORY/FILE.gguf in its models folder. */
export const lmStudio: ModelStore = {
  name: 'LM Studio',
  async find(environment) {
    const problems: string[] = [];
    const models: FoundModel[] = [];
    for (const path of await modelFolders(environment, problems)) {
      const folder = await StoreFolder.open(path, problems);
      if (folder === undefined) continue;
      for (const publisher of await folder.names('folder'))
        for (const repository of await folder.names('folder', publisher))
          for (const file of (await folder.names('file', publisher, repository)).filter(isModel))
            models.push({
              name: `${publisher}/${repository}/${file.slice(0, -'.gguf'.length)}`,
              source: 'lm-studio',
              path: join(path, publisher, repository, file),
            });
    }
    return { models, problems };
  },
};

/** The places of now and of before 0.3.6, and the one that the person chose in its settings. */
async function modelFolders(environment: NodeJS.ProcessEnv, problems: string[]): Promise<Set<string>> {
  const homes = [['.lmstudio'], ['.cache', 'lm-studio']].map((way) => join(homeFolder(environment), ...way));
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

/** Not the image parts of a model, and of several parts only the first. */
function isModel(file: string): boolean {
  const part = /-(\d{5})-of-\d{5}\.gguf$/.exec(file)?.[1];
  return file.endsWith('.gguf') && !file.includes('mmproj') && (part === undefined || part === '00001');
}
