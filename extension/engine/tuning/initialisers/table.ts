import { anotherPrompt } from './anotherPrompt';
import { classLabels } from './classLabels';
import type { Initialise, InitialiserRequest } from './initialiser';
import { randomUniform } from './randomUniform';
import { sampledVocabulary } from './sampledVocabulary';
import { text } from './text';

export type InitialiserName = 'class-labels' | 'sampled-vocabulary' | 'random-uniform' | 'text' | 'prompt';

/** A new initialiser is one file and one line here. */
const initialisers: Readonly<Record<InitialiserName, Initialise>> = {
  'class-labels': classLabels,
  'sampled-vocabulary': sampledVocabulary,
  'random-uniform': randomUniform,
  text,
  prompt: anotherPrompt,
};

/** Start of a prompt, [P, D] row-major; the same for the same request and the same state of its `random`. */
export async function initialPrompt(name: InitialiserName, request: InitialiserRequest): Promise<Float32Array> {
  return initialisers[name](request);
}
