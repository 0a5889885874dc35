import { join } from 'node:path';
import { systemCache } from '../../engine/storage/cacheFolder';
import { ggufModels, ggufName } from './ggufFiles';
import type { ModelStore } from './store';
import { StoreFolder } from './storeFolder';

/** llama.cpp's own cache (https://github.com/ggml-org/llama.cpp, `-hf`): GGUF files in one folder, named by organisation, repository and file. */
export const llamaCpp: ModelStore = {
  name: 'llama.cpp',
  async find(environment) {
    const problems: string[] = [];
    const path = cacheFolder(environment);
    const folder = await StoreFolder.open(path, problems);
    const ways = folder === undefined ? [] : await ggufModels(folder, 1);
    const models = ways.map((way) => ({
      ...({ name: ggufName(way), source: 'llama-cpp' } as const),
      path: join(path, ...way),
    }));
    return { models, problems };
  },
};

/** LLAMA_CACHE, else `llama.cpp` in this system's folder for caches. */
function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const chosen = environment['LLAMA_CACHE'];
  return chosen ? chosen : join(systemCache(environment), 'llama.cpp');
}
