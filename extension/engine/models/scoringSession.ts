import { logSumExp } from '../graph/composites/crossEntropy';
import { writeModel } from '../graph/emission/writeModel';
import { input } from '../graph/leaves';
import { cast, sub } from '../graph/operators/elementwise';
import { gather } from '../graph/operators/indexing';
import { argMax } from '../graph/operators/reductions';
import { reshape } from '../graph/operators/shaping';
import { type Feed, openSession, type Tensor } from '../graph/session';
import { checkTokens } from './checkTokens';
import type { EncodedExample, ScoringRequest, ScoringSession, ScoringSessionOptions, TargetScore } from './frozenModel';
import { bucketedText } from './batchShape';
import { promptPlace } from './frozenPrefix/promptPlace';
import type { LanguageModel } from './languageModel';
import { stepped, unpadded } from './padding';
import { runtimeOptions } from './runtimeOptions';
import { sessionTarget } from './sessionTarget';
import { SharedBeginning } from './sharedBeginning/sharedBeginning';

/**
 * Log-probabilities of given targets, forward only. `promptLength` 0 is the bare model; with `promptPerRequest` the prompt is
 * [requests, P, D], one for each request.
 */
export async function openScoringSession(
  network: LanguageModel,
  options: ScoringSessionOptions,
): Promise<ScoringSession> {
  const { promptLength, promptPerRequest = false, sharedLead = false, executionProvider, threads } = options;
  const { continuation } = network;
  const behindText = promptLength === 0 ? undefined : options.behindText;
  // A provider that compiles its kernels for each shape is to have them all soon.
  const few = executionProvider === 'webgpu';
  const padding = few ? bucketedText : stepped;
  const promptPerRow = promptPerRequest && promptLength > 0;
  const beginning =
    continuation.kind === 'causal' && behindText === undefined && !promptPerRow && (promptLength > 0 || sharedLead)
      ? new SharedBeginning(network, continuation, promptLength, { text: padding, shared: few ? padding : unpadded })
      : undefined;
  const place = promptPlace(network, behindText);
  const promptShape = [promptLength, network.width];
  const prompt =
    promptLength === 0
      ? undefined
      : input('prompt', 'float', promptPerRequest ? ['batch', ...promptShape] : promptShape);
  const logits = cast((beginning ?? place).logits(prompt), 'floatWide');
  const logProbability = sub(
    gather(reshape(logits, [-1]), input('scoredLogits', 'int64', ['scores'])),
    gather(reshape(logSumExp(logits), [-1]), input('scoredTargets', 'int64', ['scores'])),
  );
  const model = writeModel(
    { logProbability, greedy: argMax(logits), ...beginning?.outputs },
    { ...sessionTarget(options), forwardOnly: true },
  );
  const session = await openSession(model, runtimeOptions(network, 1, threads));

  const promptFeed = (numbers: Float32Array, requests: number, batch: readonly number[]): Feed => {
    const size = promptLength * network.width;
    const expected = promptPerRequest ? requests * size : size;
    if (numbers.length !== expected)
      throw new RangeError(`the prompt has ${numbers.length} numbers, ${expected} were expected`);
    if (!promptPerRequest) return { data: numbers, shape: promptShape };
    const data = new Float32Array(batch.length * size);
    for (const [row, request] of batch.entries())
      data.set(numbers.subarray(request * size, (request + 1) * size), row * size);
    return { data, shape: [batch.length, ...promptShape] };
  };

  return {
    sharedBeginning: beginning !== undefined,
    async score(
      numbers: Float32Array,
      requests: readonly ScoringRequest[],
      hidden: readonly (number | undefined)[] = [],
    ) {
      if (hidden.some((position) => position !== undefined) && !(promptPerRequest && promptLength > 0))
        throw new RangeError('virtual tokens can be hidden only from requests with a prompt of their own');
      const wanted = requests.flatMap(({ inputIds, targets }) => targets.map((targetIds) => ({ inputIds, targetIds })));
      if (wanted.length === 0) return requests.map(() => []);
      checkTokens(wanted, network.vocabulary);
      const plan = planScores(requests);
      // An encoder runs once for all rows of a request, which share its input; a causal model runs each of them.
      const batch = network.kind === 'causal' ? plan.requestOf : [...new Set(plan.requestOf)];
      const promptFeeds = promptFeed(numbers, requests.length, batch);
      const shape = [plan.ids.length];
      const hiddenOf = hidden.length === 0 ? [] : batch.map((request) => hidden[request]);
      const run = (feeds: Record<string, Feed>, outputs: readonly string[]): Promise<Record<string, Tensor>> =>
        session.run({ ...nothingScored, ...feeds, ...(prompt === undefined ? {} : { prompt: promptFeeds }) }, outputs);
      const feeds = beginning
        ? await beginning.feeds(session, numbers, plan.rows, run)
        : await place.feeds(plan.rows, promptLength, promptPerRow, padding, hiddenOf);
      const scored = {
        scoredLogits: { data: plan.ids.map((id, i) => plan.targets[i]! * network.vocabulary + id), shape },
        scoredTargets: { data: plan.targets, shape },
      };
      const result = await run({ ...feeds, ...scored }, ['logProbability', 'greedy']);
      const logProbabilities = result['logProbability']!.data;
      const greedy = result['greedy']!.data;
      let next = 0;
      return requests.map(({ targets }) =>
        targets.map((target): TargetScore => {
          const score = { logProbability: 0, tokens: target.length, greedy: true };
          for (const id of target) {
            score.logProbability += Number(logProbabilities[next]);
            score.greedy &&= Number(greedy[plan.targets[next]!]) === id;
            next++;
          }
          return score;
        }),
      );
    },
    release: () => session.release(),
  };
}

/** For a pass from which only keys and values are wanted. */
const nothingScored = {
  scoredLogits: { data: [0], shape: [1] },
  scoredTargets: { data: [0], shape: [1] },
} as const;

interface ScorePlan {
  /** What goes through the model, and the request that each row belongs to. */
  readonly rows: readonly EncodedExample[];
  readonly requestOf: readonly number[];
  /** The scored tokens, request by request, target by target. */
  readonly ids: readonly number[];
  /** The target position, counted through all rows, whose logits score each of them. */
  readonly targets: readonly number[];
}

/**
 * A token is scored after the tokens of its target before it, so one row serves all targets of a request whose beginnings it holds:
 * a single row where all targets are one token, otherwise one for each beginning that no longer one contains.
 */
function planScores(requests: readonly ScoringRequest[]): ScorePlan {
  const rows: EncodedExample[] = [];
  const requestOf: number[] = [];
  const ids: number[] = [];
  const targets: number[] = [];
  let positions = 0;
  for (const [request, { inputIds: given, targets: wanted, tailTokens, leadTokens }] of requests.entries()) {
    // Two requests may be given one list; each keeps its own prompt.
    const inputIds = [...given];
    const own: { readonly targetIds: readonly number[]; readonly first: number }[] = [];
    const longestFirst = [...wanted].sort((a, b) => b.length - a.length);
    for (const targetIds of longestFirst) {
      if (own.some((row) => beginsAlike(row.targetIds, targetIds))) continue;
      own.push({ targetIds, first: positions });
      rows.push({ inputIds, targetIds, tailTokens, leadTokens });
      requestOf.push(request);
      positions += targetIds.length;
    }
    for (const target of wanted) {
      const row = own.find(({ targetIds }) => beginsAlike(targetIds, target))!;
      for (const [i, id] of target.entries()) {
        ids.push(id);
        targets.push(row.first + i);
      }
    }
  }
  return { rows, requestOf, ids, targets };
}

/** Whether all tokens of `target` but the last stand at the beginning of `row`, which is not shorter. */
function beginsAlike(row: readonly number[], target: readonly number[]): boolean {
  return target.slice(0, -1).every((id, i) => row[i] === id);
}
