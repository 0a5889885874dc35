import type { LeadTokens, ScoringRequest, ScoringSession, TailTokens, TargetScore } from '../models/frozenModel';
import { stepped } from '../models/padding';
import { mostProbable } from './statistics/ensemble';

/** What a frozen model with a prompt says about one example. */
export interface Prediction {
  /** The target that is right. */
  readonly target: string;
  /** log p(target | input), nats, summed over its tokens. */
  readonly logProbability: number;
  /** Tokens of the target. */
  readonly tokens: number;
  /** Whether greedy decoding produces exactly the target. */
  readonly exact: boolean;
  /** Classification: the class with the highest log-probability, and the probability of each class. */
  readonly predicted?: string;
  readonly probabilities?: readonly number[];
}

/** An example that can be scored. */
export interface ScorableExample {
  readonly inputIds: readonly number[];
  readonly targetIds: readonly number[];
  readonly tailTokens?: TailTokens;
  readonly leadTokens?: LeadTokens;
  readonly target: string;
}

/** A class as the model sees it. */
export interface ScorableClass {
  readonly words: string;
  readonly targetIds: readonly number[];
  /** What its log-probability is multiplied with for its score: 1 / tokens makes it a mean. Default 1: the sum over its tokens. */
  readonly factor?: number;
}

export interface ScoringOptions {
  /** Most tokens that one pass computes: sequences times the length of the longest, with its prompt where each has its own. */
  readonly batchTokens: number;
  /** P. */
  readonly promptLength: number;
  readonly stop?: AbortSignal | undefined;
  /** Called after each pass with the share of the examples that are done, 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** A scoring session and the prompts that go through it. */
export interface Scorer {
  readonly session: ScoringSession;
  /** Each [P, D] row-major; one that is empty is the bare frozen model. */
  readonly prompts: readonly Float32Array[];
  /** For each prompt the virtual token that attention is not to see, if any; with `promptPerRequest` only. */
  readonly hidden?: readonly (number | undefined)[];
  /** Whether the session was opened with `promptPerRequest`; without it each pass has one prompt. */
  readonly promptPerRequest: boolean;
}

/** An example and what is to be scored behind it. */
export interface PredictionRequest {
  readonly example: ScorableExample;
  /** Classification: the classes to choose from; undefined for free text. */
  readonly classes: readonly ScorableClass[] | undefined;
  /** Index of the prompt in front of it; default 0. */
  readonly prompt?: number;
}

/**
 * Predictions as they are made, pass by pass, with the index of their request: examples of different tasks, each with its own
 * classes and prompt, go through together.
 *
 * Classification is by rank: of all classes, the one whose label words score highest after the input. A score is the sum of the log
 * probabilities of their tokens, as T5 and Lester et al. compare fixed targets, or, times the class's factor, their mean
 * (length-normalised: Brown et al. 2020, section 2.4). The probabilities are the softmax over the scores; the earlier class wins a
 * tie. Free text scores each example's own target.
 */
export async function* predictions(
  scorer: Scorer,
  requests: readonly PredictionRequest[],
  options: ScoringOptions,
): AsyncGenerator<readonly { readonly index: number; readonly prediction: Prediction }[]> {
  const scoring = requests.map(({ example, classes }) => ({
    inputIds: example.inputIds,
    tailTokens: example.tailTokens,
    leadTokens: example.leadTokens,
    targets: classes?.map(({ targetIds }) => targetIds) ?? [example.targetIds],
  }));
  for await (const pass of scoredPasses(scorer, scoring, requests, options)) {
    yield pass.map(({ index, scores }) => ({ index, prediction: predictionOf(requests[index]!, scores) }));
  }
}

/** All predictions of one prompt, one an example, in their order. @param prompt [P, D] row-major. */
export async function predictAll(
  session: ScoringSession,
  prompt: Float32Array,
  examples: readonly ScorableExample[],
  classes: readonly ScorableClass[] | undefined,
  options: ScoringOptions,
): Promise<Prediction[]> {
  const scorer = { session, prompts: [prompt], promptPerRequest: false };
  const requests = examples.map((example) => ({ example, classes }));
  const found: Prediction[] = [];
  for await (const pass of predictions(scorer, requests, options)) {
    for (const { index, prediction } of pass) found[index] = prediction;
  }
  return found;
}

function predictionOf({ example, classes }: PredictionRequest, scores: readonly TargetScore[]): Prediction {
  const of = ({ logProbability, tokens, greedy }: TargetScore): Prediction => ({
    target: example.target,
    logProbability,
    tokens,
    exact: greedy,
  });
  if (!classes) return of(scores[0]!);
  const right = classes.findIndex(({ words }) => words === example.target);
  if (right < 0) throw new RangeError(`"${example.target}" is not one of the classes`);
  const probabilities = softmax(
    scores.map(({ logProbability }, each) => logProbability * (classes[each]!.factor ?? 1)),
  );
  return { ...of(scores[right]!), predicted: classes[mostProbable(probabilities)]!.words, probabilities };
}

/**
 * Passes of similar lengths, longest first, so that the largest memory is needed at once and padding is rare; where each has one prompt, prompt
 * by prompt.
 */
async function* scoredPasses(
  { session, prompts, hidden, promptPerRequest }: Scorer,
  scoring: readonly ScoringRequest[],
  requests: readonly PredictionRequest[],
  { batchTokens, promptLength, stop, onProgress }: ScoringOptions,
): AsyncGenerator<readonly { readonly index: number; readonly scores: readonly TargetScore[] }[]> {
  let done = 0;
  const promptOf = (index: number): number => requests[index]!.prompt ?? 0;
  const indices = [...requests.keys()];
  const groups = promptPerRequest
    ? [indices]
    : prompts.map((_, prompt) => indices.filter((index) => promptOf(index) === prompt));
  const passOptions = { promptLength, batchTokens, sharedBeginning: session.sharedBeginning };
  const batches = groups.flatMap((group) =>
    lengthBatches(
      group.map((index) => scoring[index]!),
      passOptions,
    ).map((batch) => batch.map((place) => group[place]!)),
  );
  for (const batch of batches) {
    stop?.throwIfAborted();
    const chosen = batch.map(promptOf);
    const results = await session.score(
      promptPerRequest ? joined(chosen.map((prompt) => prompts[prompt]!)) : prompts[chosen[0]!]!,
      batch.map((index) => scoring[index]!),
      hidden && chosen.map((prompt) => hidden[prompt]),
    );
    yield batch.map((index, position) => ({ index, scores: results[position]! }));
    done += batch.length;
    onProgress?.(done / scoring.length);
  }
}

/** Prompts of one length behind each other: [requests, P, D]. */
export function joined(prompts: readonly Float32Array[]): Float32Array {
  const size = prompts[0]?.length ?? 0;
  const all = new Float32Array(prompts.length * size);
  for (const [index, prompt] of prompts.entries()) all.set(prompt, index * size);
  return all;
}

export interface PassOptions extends Pick<ScoringOptions, 'promptLength' | 'batchTokens'> {
  /** Whether the prompt, and what the requests of a pass begin with alike, are computed once for all of them. Default: no. */
  readonly sharedBeginning?: boolean;
}

/** Attention has keys and values of what a pass begins with for every row: with them a pass has so many times its tokens at most. */
const attendedTokens = 8;

/**
 * Indices of the requests in passes: those that begin alike behind each other, sorted by length, longest first (equal lengths in their order), as
 * many as fit into `batchTokens`; a request that is longer than that is alone. Only requests whose inputs and targets are padded to the same
 * lengths share a pass, and only those that share as many tokens at their beginning, so that the digits of a request do not depend on the others.
 */
export function lengthBatches(
  requests: readonly ScoringRequest[],
  { promptLength, batchTokens, sharedBeginning = false }: PassOptions,
): number[][] {
  const leads: (readonly number[])[] = [];
  const numberOf = (inputIds: readonly number[], tokens: number): number => {
    const known = leads.findIndex((lead) => lead.length === tokens && lead.every((id, i) => id === inputIds[i]));
    return known < 0 ? leads.push(inputIds.slice(0, tokens)) - 1 : known;
  };
  const shapes = requests.map(({ inputIds, targets, tailTokens = 0, leadTokens = 0 }) => {
    const target = targets.reduce((longest, ids) => Math.max(longest, ids.length), 0);
    const lead = sharedBeginning ? leadTokens : 0;
    const own = inputIds.length - lead + target;
    const [head, output, whole] = [inputIds.length - tailTokens, target, own - 1].map(stepped);
    const number = numberOf(inputIds, lead);
    return {
      lead: number,
      begun: sharedBeginning ? promptLength + lead : 0,
      length: own + (sharedBeginning ? 0 : promptLength),
      key: `${number} ${head} ${tailTokens} ${output} ${whole}`,
    };
  });
  const order = [...requests.keys()].sort(
    (a, b) =>
      shapes[a]!.lead - shapes[b]!.lead ||
      shapes[b]!.length - shapes[a]!.length ||
      (shapes[a]!.key < shapes[b]!.key ? -1 : 1),
  );
  const open = new Map<string, { readonly batch: number[]; readonly longest: number; sequences: number }>();
  const batches: number[][] = [];
  for (const index of order) {
    const { begun, length, key } = shapes[index]!;
    const more = sequencesOf(requests[index]!);
    const current = open.get(key);
    const fits = (tokens: number, most: number): boolean => (current!.sequences + more) * tokens <= most;
    if (current && fits(current.longest, batchTokens) && fits(begun + current.longest, attendedTokens * batchTokens)) {
      current.batch.push(index);
      current.sequences += more;
    } else {
      const batch = [index];
      batches.push(batch);
      open.set(key, { batch, longest: length, sequences: more });
    }
  }
  return batches;
}

/** Rows that a request is in a pass, at most: targets of one token share the position behind their input. */
function sequencesOf({ targets }: ScoringRequest): number {
  return targets.every(({ length }) => length === 1) ? 1 : targets.length;
}

function softmax(values: readonly number[]): number[] {
  const highest = Math.max(...values);
  const exponentials = values.map((value) => Math.exp(value - highest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}
