import { basename, join } from 'node:path';
import { cacheFolder } from '../../engine/storage/cacheFolder';
import { ggufName } from '../../engine/models/gguf/ggufParts';
import { listUnpackedModels, removeUnpackedModel } from '../../engine/models/gguf/unpackedModels';
import type { ModelStore } from './store';

/** This program's own copies of GGUF models, unpacked. They are made again when they are needed. */
export const unpackedModels: ModelStore = {
  name: 'Unpacked GGUF models',
  async find(environment) {
    const cache = join(cacheFolder(environment), 'models');
    const models = await listUnpackedModels(cache);
    return {
      models: models.map(({ folder, bytes, sources }) => ({
        name: sources[0]?.[0] === undefined ? basename(folder) : ggufName(sources[0][0].file),
        source: 'unpacked',
        path: folder,
        bytes,
        remove: async () => {
          await removeUnpackedModel(folder, cache);
          return bytes;
        },
      })),
      problems: [],
    };
  },
};
