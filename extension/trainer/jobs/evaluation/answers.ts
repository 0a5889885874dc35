import { joined, lengthBatches, predictions, type Prediction } from '../../../engine/evaluation/predictions';
import { writtenClass } from '../../../engine/evaluation/writtenClass';
import type { FrozenModel } from '../../../engine/models/frozenModel';
import { leadShare } from '../../../engine/tasks/lead';
import type { EvaluationMethod, PredictionLine } from '../../../protocol/evaluation';
import type { Device } from '../provider/device';
import type { Asked, Question } from './plan';

/** Most tokens in a pass that scores: on a CPU what the cache holds, on a GPU enough to keep it busy. */
export const scoredTokens = { cpu: 2048, gpu: 8192 };
/** And of texts that are written on together: each token more reads all weights once, for however many texts. */
const writtenTokens = 8192;

export interface AnswerOptions {
  readonly method: EvaluationMethod;
  readonly device: Device;
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
  for (const alike of new Set(asked.map(sessionOf))) {
    const together = asked.filter((each) => sessionOf(each) === alike);
    const open = together.flatMap(({ questions }, prompt) =>
      questions.filter((question) => !answered(question)).map((question) => ({ question, prompt })),
    );
    if (open.length > 0) yield* byMethod[options.method](model, together, open, options);
  }
}

/** Equal for predictors that can share a session: prompts of one length in one place. */
function sessionOf({ prompt, behindText }: Asked): string {
  return `${prompt.length} ${behindText}`;
}

/** A question and which of the prompts that share a session it is for. */
interface Open {
  readonly question: Question;
  readonly prompt: number;
}
type Answering = (
  model: FrozenModel,
  together: readonly Asked[],
  open: readonly Open[],
  options: AnswerOptions,
) => AsyncGenerator<readonly PredictionLine[]>;
const byMethod: Readonly<Record<EvaluationMethod, Answering>> = { rank: scored, generate: written };

/** The likeliest of the label words, or how likely the target is. */
async function* scored(
  model: FrozenModel,
  together: readonly Asked[],
  open: readonly Open[],
  { device, stop }: AnswerOptions,
): AsyncGenerator<readonly PredictionLine[]> {
  const promptLength = together[0]!.prompt.length / model.width;
  const behind = together[0]!.behindText;
  // A prompt that is computed once keeps its rows together; others' rows share passes. Text prompts have none.
  const promptPerRequest = promptLength > 0 && together.length > 1 && (behind || model.kind !== 'causal');
  // Each text is asked about once a prompt, so what is read of it is not kept.
  const behindText = behind ? await model.openPrefixCache({ ...device, memoryBytes: 0 }) : undefined;
  // By all questions, so that what is left of them is answered with the same digits.
  const sharedLead = leadShare(together.flatMap(({ questions }) => questions.map(({ scorable }) => scorable))) > 0.05;
  const session = await model.openScoringSession({ ...device, promptLength, promptPerRequest, sharedLead, behindText });
  try {
    const prompts = promptLength === 0 ? [new Float32Array(0)] : together.map((each) => each.prompt);
    const requests = open.map(({ question, prompt }) => ({
      example: question.scorable,
      classes: question.classes,
      prompt: promptLength === 0 ? 0 : prompt,
    }));
    const scorer = { session, prompts, promptPerRequest };
    const batchTokens = scoredTokens[device.executionProvider === 'cpu' ? 'cpu' : 'gpu'];
    for await (const pass of predictions(scorer, requests, { batchTokens, promptLength, stop })) {
      yield pass.map(({ index, prediction }) => lineOf(open[index]!.question, prediction));
    }
  } finally {
    await session.release();
    await behindText?.release();
  }
}

/** What the model writes by itself, greedily. */
async function* written(
  model: FrozenModel,
  together: readonly Asked[],
  open: readonly Open[],
  { device: { executionProvider }, stop }: AnswerOptions,
): AsyncGenerator<readonly PredictionLine[]> {
  const promptLength = together[0]!.prompt.length / model.width;
  const promptPerRequest = promptLength > 0 && together.length > 1;
  const session = await model.openGenerationSession({
    ...{ executionProvider, promptLength, promptPerRequest, promptBehindText: together[0]!.behindText },
  });
  // As many tokens as the longest target has, and room to see that a text does not end where it should.
  const longest = Math.max(...open.map(({ question }) => longestTarget(question)));
  const maxNewTokens = longest + 2;
  // An encoder-decoder says when its text ends; a causal model is trained on the target alone and goes on.
  const stopWords = model.kind === 'causal' ? ['\n'] : [];
  const requests = open.map(({ question: { scorable } }) => ({
    inputIds: scorable.inputIds,
    tailTokens: scorable.tailTokens,
    targets: [new Array<number>(maxNewTokens).fill(0)],
  }));
  try {
    for (const batch of lengthBatches(requests, { promptLength, batchTokens: writtenTokens })) {
      stop.throwIfAborted();
      const prompts = batch.map((index) => together[open[index]!.prompt]!.prompt);
      const texts = await session.generate(
        promptPerRequest ? joined(prompts) : together[0]!.prompt,
        batch.map((index) => requests[index]!),
        { maxNewTokens, stopWords, signal: stop },
      );
      yield batch.map((index, place) => {
        const { question } = open[index]!;
        const text = texts[place]!.text.trim();
        const { predictor, example, classes } = question;
        return { predictor, example, text, ...(classes ? { predicted: writtenClass(text, classes, model.kind) } : {}) };
      });
    }
  } finally {
    await session.release();
  }
}

function longestTarget({ scorable, classes }: Question): number {
  return Math.max(...(classes ?? [scorable]).map(({ targetIds }) => targetIds.length));
}

function lineOf({ predictor, example }: Question, prediction: Prediction): PredictionLine {
  const { logProbability, tokens, exact, predicted, probabilities } = prediction;
  return {
    ...{ predictor, example, logProbability, tokens, exact },
    ...(predicted === undefined ? {} : { predicted }),
    ...(probabilities === undefined ? {} : { probabilities: [...probabilities] }),
  };
}
