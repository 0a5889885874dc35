import { sample, seededRandom } from '../datasets/random';
import type { ScoringSession } from '../models/frozenModel';
import type { EncodedTaskExample, Encoder } from '../tasks/encoding';
import type { Task } from '../tasks/task';
import type { Evaluation } from './evaluate';
import { evaluate, scorableClasses } from './evaluate';
import type { ScorableClass, ScorableExample, ScoringOptions } from './predictions';

export interface TextPrompt {
  readonly encoder: Encoder;
  /** Most tokens that the model takes, target included. */
  readonly maxPositions: number;
  readonly classes: readonly ScorableClass[] | undefined;
  /** What is evaluated. */
  readonly examples: readonly EncodedTaskExample[];
  /** Where demonstrations are drawn from: the training part. */
  readonly train: readonly EncodedTaskExample[];
  /** Number of demonstrations, k; 0 is zero-shot. */
  readonly shots: number;
  readonly seed: number;
}

export interface PromptedExamples {
  /** "zero-shot" or "4-shot". */
  readonly name: string;
  readonly examples: readonly ScorableExample[];
  /** Demonstrations in front of an example, on average: less than k where the model has no room for all. */
  readonly meanShots: number;
}

/**
 * Examples with words instead of a learned prompt in front of them: k solved examples each, drawn from the training part anew for
 * each one, with a blank line between them (Brown et al. 2020, section 2.4). Demonstrations that the model has no room for are left
 * out, the first one first.
 */
export function textPrompted({
  encoder,
  maxPositions,
  classes,
  examples,
  train,
  shots,
  seed,
}: TextPrompt): PromptedExamples {
  let used = 0;
  const prompted = examples.map((example, index) => {
    const targets = classes?.map(({ targetIds }) => targetIds.length) ?? [example.targetIds.length];
    const room = maxPositions - Math.max(...targets);
    const random = seededRandom(seed, 'demonstrations', index);
    const drawn =
      shots === 0 ? [] : sample(train.length, Math.min(shots, train.length), random).map((each) => train[each]!);
    const { inputIds, count } = withDemonstrations(example, drawn, encoder, room);
    used += count;
    // Behind demonstrations of its own an example begins like no other.
    const leadTokens = count === 0 ? example.leadTokens : 0;
    return { inputIds, targetIds: example.targetIds, target: example.target, leadTokens };
  });
  const name = shots === 0 ? 'zero-shot' : `${shots}-shot`;
  return { name, examples: prompted, meanShots: used / examples.length };
}

export interface TextPromptRequest extends Omit<TextPrompt, 'classes'> {
  /** Open for promptLength 0; stays open. */
  readonly session: ScoringSession;
  readonly task: Task;
  readonly options: Pick<ScoringOptions, 'batchTokens' | 'stop' | 'onProgress'>;
}

export interface TextPromptEvaluation extends Evaluation, Pick<PromptedExamples, 'name' | 'meanShots'> {}

/** The same frozen model with a text prompt, for comparison with the learned one. */
export async function evaluateTextPrompt(request: TextPromptRequest): Promise<TextPromptEvaluation> {
  const classes = scorableClasses(request.task, request.encoder);
  const { name, meanShots, examples } = textPrompted({ ...request, classes });
  const scoring = { ...request.options, promptLength: 0 };
  const evaluation = await evaluate(request.session, new Float32Array(0), examples, classes, scoring);
  return { ...evaluation, name, meanShots };
}

function withDemonstrations(
  example: EncodedTaskExample,
  drawn: readonly EncodedTaskExample[],
  encoder: Encoder,
  room: number,
): { inputIds: readonly number[]; count: number } {
  for (let count = drawn.length; count > 0; count--) {
    const solved = drawn.slice(drawn.length - count).map(({ input, target }) => `${input} ${target}\n\n`);
    const inputIds = encoder.encodeInput(solved.join('') + example.input);
    if (inputIds.length <= room) return { inputIds, count };
  }
  return { inputIds: example.inputIds, count: 0 };
}
