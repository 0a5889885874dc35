import { logSumExp } from '../graph/composites/crossEntropy';
import { writeModel } from '../graph/emission/writeModel';
import { input } from '../graph/leaves';
import { sub } from '../graph/operators/elementwise';
import { gather } from '../graph/operators/indexing';
import { argMax } from '../graph/operators/reductions';
import { reshape } from '../graph/operators/shaping';
import { openSession } from '../graph/session';
import { checkTokens } from './checkTokens';
import type { EncodedExample, ScoringRequest, ScoringSession, SessionOptions, TargetScore } from './frozenModel';
import type { LanguageModel } from './languageModel';

/**
 * Log-probabilities of given targets, forward only. `promptLength` 0 is the bare model.
 */
export async function openScoringSession(
  network: LanguageModel,
  options: SessionOptions & { readonly promptLength: number },
): Promise<ScoringSession> {
  const { promptLength, executionProvider, precision = 'float32', threads } = options;
  const prompt = promptLength === 0 ? undefined : input('prompt', 'float', [promptLength, network.width]);
  const logits = network.targetLogits(prompt);
  const logProbability = sub(
    gather(reshape(logits, [-1]), input('scoredLogits', 'int64', ['scores'])),
    gather(reshape(logSumExp(logits), [-1]), input('scoredTargets', 'int64', ['scores'])),
  );
  const model = writeModel({ logProbability, greedy: argMax(logits) }, { executionProvider, precision });
  const session = await openSession(model, threads === undefined ? {} : { threads });

  return {
    async score(numbers: Float32Array, requests: readonly ScoringRequest[]) {
      if (requests.length === 0) return [];
      if (numbers.length !== promptLength * network.width)
        throw new RangeError(
          `a prompt of ${promptLength} x ${network.width} numbers was expected, got ${numbers.length}`,
        );
      const plan = planScores(requests);
      checkTokens(plan.rows, network.vocabulary);
      checkTokens([{ inputIds: [], targetIds: plan.ids }], network.vocabulary);
      const shape = [plan.ids.length];
      const result = await session.run({
        ...network.feeds(plan.rows, promptLength),
        ...(prompt === undefined ? {} : { prompt: { data: numbers, shape: [promptLength, network.width] } }),
        scoredLogits: { data: plan.ids.map((id, i) => plan.targets[i]! * network.vocabulary + id), shape },
        scoredTargets: { data: plan.targets, shape },
      });
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

interface ScorePlan {
  /** What goes through the model. */
  readonly rows: readonly EncodedExample[];
  /** The scored tokens, request by request, target by target. */
  readonly ids: readonly number[];
  /** The target position, counted through all rows, whose logits score each of them. */
  readonly targets: readonly number[];
}

/** One row a request where all its targets are one token, since they share the position; otherwise one row a target. */
function planScores(requests: readonly ScoringRequest[]): ScorePlan {
  const rows: EncodedExample[] = [];
  const ids: number[] = [];
  const targets: number[] = [];
  let position = 0;
  for (const request of requests) {
    if (request.targets.length > 0 && request.targets.every((target) => target.length === 1)) {
      rows.push({ inputIds: request.inputIds, targetIds: request.targets[0]! });
      for (const [id] of request.targets) {
        ids.push(id!);
        targets.push(position);
      }
      position++;
      continue;
    }
    for (const targetIds of request.targets) {
      rows.push({ inputIds: request.inputIds, targetIds });
      for (const id of targetIds) {
        ids.push(id);
        targets.push(position++);
      }
    }
  }
  return { rows, ids, targets };
}
