import { crossEntropy } from '../graph/composites/crossEntropy';
import { input } from '../graph/leaves';
import { cast, mul } from '../graph/operators/elementwise';
import { reduceSum } from '../graph/operators/reductions';
import type { Feed } from '../graph/session';
import type { Value } from '../graph/value';
import { checkTokens } from './checkTokens';
import type { EncodedExample } from './frozenModel';
import { type PromptPlace, promptPlace } from './frozenPrefix/promptPlace';
import type { LanguageModel } from './languageModel';
import { type BatchShape, exactShape, type FittedExamples } from './batchShape';

/**
 * The loss of a batch as a function of the prompt [P, D]: negative log-likelihood of the target tokens, each times its weight, summed.
 * @param place where the prompt stands; default: in front of the text.
 */
export function lossGraph(
  network: LanguageModel,
  promptLength: number,
  place: Pick<PromptPlace, 'logits'> = promptPlace(network, undefined),
): { readonly loss: Value; readonly prompt: Value } {
  if (!Number.isInteger(promptLength) || promptLength < 1)
    throw new RangeError(`a prompt of ${promptLength} virtual tokens cannot be trained; it needs 1 or more`);
  const prompt = input('prompt', 'float', [promptLength, network.width]);
  const logits = cast(place.logits(prompt), 'floatWide');
  const losses = crossEntropy(logits, input('targetIds', 'int64', ['targets']));
  return { loss: reduceSum(mul(losses, input('targetWeights', 'floatWide', ['targets']))), prompt };
}

/** What that graph is fed with, every target token weighing 1 / normaliser. @throws RangeError for examples that cannot be computed. */
export function lossFeeds(
  network: LanguageModel,
  prompt: Float32Array | Float64Array,
  examples: readonly EncodedExample[],
  normaliser: number,
  shape: BatchShape = exactShape,
): Record<string, Feed> {
  const promptLength = prompt.length / network.width;
  const fitted = shape.fit(examples);
  const targets = promptAndTargets(network, prompt, fitted, normaliser);
  return { ...network.feeds(fitted.examples, promptLength, false, shape.padding), ...targets };
}

/** The prompt and the targets with their weights, wherever the prompt stands. @throws RangeError for an unknown token. */
export function promptAndTargets(
  network: LanguageModel,
  prompt: Float32Array | Float64Array,
  { examples, counts }: FittedExamples,
  normaliser: number,
): Record<string, Feed> {
  checkTokens(examples, network.vocabulary);
  const promptLength = prompt.length / network.width;
  const targetIds = examples.flatMap((example) => example.targetIds);
  return {
    prompt: { data: prompt, shape: [promptLength, network.width] },
    targetIds: { data: targetIds, shape: [targetIds.length] },
    targetWeights: { data: counts.map((count) => count / normaliser), shape: [targetIds.length] },
  };
}
