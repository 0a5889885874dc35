import { huggingFaceCache } from './huggingFaceCache';
import { llamaCpp } from './llamaCpp';
import { lmStudio } from './lmStudio';
import { ollama } from './ollama';
import type { ModelStore } from './store';
import { unpackedModels } from './unpackedModels';

/** Every place on this machine that is looked through for models. A new one is one file and one line here. */
export const stores: readonly ModelStore[] = [huggingFaceCache, ollama, lmStudio, llamaCpp, unpackedModels];
