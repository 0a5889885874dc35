import { huggingFaceCache } from './huggingFaceCache';
import type { ModelStore } from './store';
import { unpackedModels } from './unpackedModels';

/** Every place on this machine that is looked through for models. A new one is one file and one line here. */
export const stores: readonly ModelStore[] = [huggingFaceCache, unpackedModels];
