import { join } from 'node:path';

/** Folder of what test/oracles/gguf_models.py writes. Tests run from the repository's root. */
export const ggufFixtures = join(process.cwd(), 'test/fixtures/gguf');

/** Models of test/fixtures/models that the oracle has converted, and what their numbers are stored as. */
export const ggufModels = ['llama-untied', 'llama-tied', 't5-v1.0'] as const;
