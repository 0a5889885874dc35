import { join } from 'node:path';
import { buildLanguageModel } from '../../../extension/engine/models/architectures/table';
import { Configuration } from '../../../extension/engine/models/configuration';
import type { LossAndGradient } from '../../../extension/engine/models/frozenModel';
import { FrozenTensors } from '../../../extension/engine/models/frozenTensors';
import type { LanguageModel } from '../../../extension/engine/models/languageModel';
import { float16Weights } from '../../../extension/engine/models/quantisation/float16Weights';
import { openTrainingSession } from '../../../extension/engine/models/trainingSession';
import { Weights } from '../../../extension/engine/models/weights';
import { modelFixtures, readExpected } from './modelFixtures';

/** A fixture's network with its matrices rounded to float16, into `cache`. */
export async function roundedNetwork(name: string, cache: string): Promise<LanguageModel> {
  const folder = join(modelFixtures, name);
  const [weights, configuration] = [await Weights.open(folder), await Configuration.read(folder)];
  const stored = new FrozenTensors(weights);
  buildLanguageModel(configuration, stored);
  const { storage } = await float16Weights(stored.places, { sourceHash: () => weights.hash(), cache });
  return buildLanguageModel(configuration, new FrozenTensors(weights, storage)).network;
}

/** Loss and gradient of the fixture's examples on the CPU in float32, with the rounded matrices converted when the session was opened. */
export async function roundedLossAndGradient(name: string, cache: string): Promise<LossAndGradient> {
  const { examples, prompt, promptLength } = await readExpected(name);
  const network = await roundedNetwork(name, cache);
  const session = await openTrainingSession(network, { executionProvider: 'cpu', promptLength, threads: 1 });
  try {
    return await session.lossAndGradient(prompt, examples, targetTokens(examples));
  } finally {
    await session.release();
  }
}

export function targetTokens(examples: readonly { readonly targetIds: readonly number[] }[]): number {
  return examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
}
