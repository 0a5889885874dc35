import { predictions, type Prediction } from '../../../engine/evaluation/predictions';
import type { FrozenModel } from '../../../engine/models/frozenModel';
import type { PredictionLine } from '../../../protocol/evaluation';
import type { Provider } from '../provider/chooseProvider';
import type { Asked, Question } from './plan';

export interface AnswerOptions {
  readonly executionProvider: Provider;
  /** Most tokens in one pass. */
  readonly batchTokens: number;
  readonly stop: AbortSignal;
}

/**
 * Asks all questions that are not answered yet and yields the answers of each pass. Predictors with prompts of one length share a
 * session and its passes, whatever their task.
 *
 * @param answered whether a question has its answer already.
 */
export async function* answers(
  model: FrozenModel,
  asked: readonly Asked[],
  answered: (question: Question) => boolean,
  options: AnswerOptions,
): AsyncGenerator<readonly PredictionLine[]> {
  for (const size of new Set(asked.map(({ prompt }) => prompt.length))) {
    const together = asked.filter(({ prompt }) => prompt.length === size);
    const open = together.flatMap(({ questions }, prompt) =>
      questions.filter((question) => !answered(question)).map((question) => ({ question, prompt })),
    );
    if (open.length > 0) yield* scored(model, together, open, options);
  }
}

async function* scored(
  model: FrozenModel,
  together: readonly Asked[],
  open: readonly { readonly question: Question; readonly prompt: number }[],
  { executionProvider, batchTokens, stop }: AnswerOptions,
): AsyncGenerator<readonly PredictionLine[]> {
  const promptLength = together[0]!.prompt.length / model.width;
  // One prompt for all rows is computed once a pass; text prompts have none.
  const promptPerRequest = promptLength > 0 && together.length > 1;
  const session = await model.openScoringSession({ executionProvider, promptLength, promptPerRequest });
  try {
    const prompts = promptLength === 0 ? [new Float32Array(0)] : together.map((each) => each.prompt);
    const requests = open.map(({ question, prompt }) => ({
      example: question.scorable,
      classes: question.classes,
      prompt: promptLength === 0 ? 0 : prompt,
    }));
    const scorer = { session, prompts, promptPerRequest };
    for await (const pass of predictions(scorer, requests, { batchTokens, promptLength, stop })) {
      yield pass.map(({ index, prediction }) => lineOf(open[index]!.question, prediction));
    }
  } finally {
    await session.release();
  }
}

function lineOf({ predictor, example }: Question, prediction: Prediction): PredictionLine {
  const { logProbability, tokens, exact, predicted, probabilities } = prediction;
  return {
    ...{ predictor, example, logProbability, tokens, exact },
    ...(predicted === undefined ? {} : { predicted }),
    ...(probabilities === undefined ? {} : { probabilities: [...probabilities] }),
  };
}
