import { gradient } from '../gradients/gradient';
import { crossEntropy } from '../graph/composites/crossEntropy';
import { writeModel } from '../graph/emission/writeModel';
import { input } from '../graph/leaves';
import { mul } from '../graph/operators/elementwise';
import { reduceSum } from '../graph/operators/reductions';
import { openSession } from '../graph/session';
import { checkTokens } from './checkTokens';
import type { EncodedExample, SessionOptions, TrainingSession } from './frozenModel';
import type { LanguageModel } from './languageModel';

/** Loss and prompt gradient of a model as one session. @throws RangeError for an empty prompt. */
export async function openTrainingSession(
  network: LanguageModel,
  options: SessionOptions & { readonly promptLength: number },
): Promise<TrainingSession> {
  const { promptLength, executionProvider, precision = 'float32', threads } = options;
  if (!Number.isInteger(promptLength) || promptLength < 1)
    throw new RangeError(`a prompt of ${promptLength} virtual tokens cannot be trained; it needs 1 or more`);
  const prompt = input('prompt', 'float', [promptLength, network.width]);
  const losses = crossEntropy(network.targetLogits(prompt), input('targetIds', 'int64', ['targets']));
  const loss = reduceSum(mul(losses, input('targetWeights', 'float', ['targets'])));
  const [promptGradient] = gradient(loss, [prompt]);
  const model = writeModel({ loss, promptGradient: promptGradient! }, { executionProvider, precision });
  const session = await openSession(model, threads === undefined ? {} : { threads });

  return {
    async lossAndGradient(numbers: Float32Array, examples: readonly EncodedExample[], normaliser: number) {
      checkTokens(examples, network.vocabulary);
      const targetIds = examples.flatMap(({ targetIds }) => targetIds);
      const result = await session.run({
        ...network.feeds(examples, promptLength),
        prompt: { data: numbers, shape: [promptLength, network.width] },
        targetIds: { data: targetIds, shape: [targetIds.length] },
        targetWeights: { data: targetIds.map(() => 1 / normaliser), shape: [targetIds.length] },
      });
      return {
        loss: Number(result['loss']!.data[0]),
        gradient: Float32Array.from(result['promptGradient']!.data as Float32Array),
      };
    },
    release: () => session.release(),
  };
}
