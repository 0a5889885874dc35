import { gradient } from '../gradients/gradient';
import { writeModel } from '../graph/emission/writeModel';
import { openSession } from '../graph/session';
import type { EncodedExample, TrainingSession, TrainingSessionOptions } from './frozenModel';
import { promptPlace } from './frozenPrefix/promptPlace';
import type { LanguageModel } from './languageModel';
import { bucketedShape, exactShape } from './batchShape';
import { lossGraph, promptAndTargets } from './lossGraph';
import { withLossScaling } from './lossScaling';
import { runtimeOptions } from './runtimeOptions';
import { sessionTarget } from './sessionTarget';

/** Loss and prompt gradient of a model as one session. @throws RangeError for an empty prompt. */
export async function openTrainingSession(
  network: LanguageModel,
  options: TrainingSessionOptions,
): Promise<TrainingSession> {
  const { promptLength, executionProvider, precision, threads } = options;
  const place = promptPlace(network, options.behindText);
  const { loss, prompt } = lossGraph(network, promptLength, place);
  const [promptGradient] = gradient(loss, [prompt]);
  const model = writeModel({ loss, promptGradient: promptGradient! }, sessionTarget(options));
  const session = await openSession(model, runtimeOptions(network, 2, threads));
  const size = promptLength * network.width;
  // WebGPU compiles a shader for each new shape.
  const shape = executionProvider === 'webgpu' ? bucketedShape(network.maxPositions - promptLength + 1) : exactShape;

  const training: TrainingSession = {
    async lossAndGradient(numbers: Float32Array, examples: readonly EncodedExample[], normaliser: number) {
      if (numbers.length !== size)
        throw new RangeError(`the prompt has ${numbers.length} numbers; the session was opened for ${size}`);
      const fitted = shape.fit(examples);
      // First: it refuses examples that nothing can be laid out for.
      const targets = promptAndTargets(network, numbers, fitted, normaliser);
      const texts = await place.feeds(fitted.examples, promptLength, false, shape.padding);
      const result = await session.run({ ...texts, ...targets });
      return {
        loss: Number(result['loss']!.data[0]),
        gradient: Float32Array.from(result['promptGradient']!.data as Float32Array),
      };
    },
    release: () => session.release(),
  };
  return precision === 'float16' ? withLossScaling(training) : training;
}
