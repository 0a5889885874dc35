import type { ScoringRequest, ScoringSession, TargetScore } from '../models/frozenModel';

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
  /** Most tokens in one pass: sequences times the length of the longest, prompt included. */
  readonly batchTokens: number;
  /** P. */
  readonly promptLength: number;
  readonly stop?: AbortSignal | undefined;
  /** Called after each pass with the share of the examples that are done, 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * Classifies by rank: of all classes, the one whose label words score highest after the input. A score is the sum of the log
 * probabilities of their tokens, as T5 and Lester et al. compare fixed targets, or, times the class's factor, their mean
 * (length-normalised: Brown et al. 2020, section 2.4). The probabilities are the softmax over the scores; the earlier class wins a
 * tie.
 * @returns one prediction an example, in their order.
 */
export async function classify(
  session: ScoringSession,
  prompt: Float32Array,
  examples: readonly ScorableExample[],
  classes: readonly ScorableClass[],
  options: ScoringOptions,
): Promise<Prediction[]> {
  const targets = classes.map(({ targetIds }) => targetIds);
  const requests = examples.map(({ inputIds }) => ({ inputIds, targets }));
  const scores = await scoreAll(session, prompt, requests, options);
  return examples.map((example, index) => {
    const ranked = scores[index]!.map(({ logProbability }, each) => logProbability * (classes[each]!.factor ?? 1));
    const right = classes.findIndex(({ words }) => words === example.target);
    if (right < 0) throw new RangeError(`"${example.target}" is not one of the classes`);
    const best = ranked.indexOf(Math.max(...ranked));
    return {
      ...prediction(example.target, scores[index]![right]!),
      predicted: classes[best]!.words,
      probabilities: softmax(ranked),
    };
  });
}

/** Scores each example's own target; for free text. One prediction an example, in their order. */
export async function scoreTargets(
  session: ScoringSession,
  prompt: Float32Array,
  examples: readonly ScorableExample[],
  options: ScoringOptions,
): Promise<Prediction[]> {
  const requests = examples.map(({ inputIds, targetIds }) => ({ inputIds, targets: [targetIds] }));
  const scores = await scoreAll(session, prompt, requests, options);
  return examples.map(({ target }, index) => prediction(target, scores[index]![0]!));
}

function prediction(target: string, score: TargetScore): Prediction {
  return { target, logProbability: score.logProbability, tokens: score.tokens, exact: score.greedy };
}

/** Passes of similar lengths, longest first, so that the largest memory is needed at once and padding is rare. */
async function scoreAll(
  session: ScoringSession,
  prompt: Float32Array,
  requests: readonly ScoringRequest[],
  { batchTokens, promptLength, stop, onProgress }: ScoringOptions,
): Promise<TargetScore[][]> {
  const scores: TargetScore[][] = [];
  let done = 0;
  for (const batch of lengthBatches(requests, promptLength, batchTokens)) {
    stop?.throwIfAborted();
    const results = await session.score(
      prompt,
      batch.map((index) => requests[index]!),
    );
    for (const [position, index] of batch.entries()) scores[index] = results[position]!;
    done += batch.length;
    onProgress?.(done / requests.length);
  }
  return scores;
}

/**
 * Indices of the requests in passes: sorted by length, longest first (equal lengths in their order), as many as fit into
 * `batchTokens`; a request that is longer than that is alone.
 */
export function lengthBatches(
  requests: readonly ScoringRequest[],
  promptLength: number,
  batchTokens: number,
): number[][] {
  const lengths = requests.map(({ inputIds, targets }) => {
    const longestTarget = targets.reduce((longest, ids) => Math.max(longest, ids.length), 0);
    return promptLength + inputIds.length + longestTarget;
  });
  const order = [...requests.keys()].sort((a, b) => lengths[b]! - lengths[a]!);
  const batches: number[][] = [];
  let sequences = 0;
  let longest = 0;
  for (const index of order) {
    const more = sequencesOf(requests[index]!);
    const current = batches.at(-1);
    if (current && (sequences + more) * longest <= batchTokens) {
      current.push(index);
      sequences += more;
    } else {
      batches.push([index]);
      sequences = more;
      longest = lengths[index]!;
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
