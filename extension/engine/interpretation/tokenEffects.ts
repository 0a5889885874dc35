import { evaluate } from '../evaluation/evaluate';
import type { ScorableClass, ScorableExample, ScoringOptions } from '../evaluation/predictions';
import { scoresOf } from '../evaluation/summary';
import type { ScoringSession } from '../models/frozenModel';

/** What leaving one virtual token out changes: the score without it minus the score with it. */
export interface TokenEffect {
  readonly position: number;
  /** Attention cannot see it; the others keep their positions. */
  readonly masked: ScoreChange;
  /** Another vector stands in its place. */
  readonly replaced: ScoreChange;
}
export interface ScoreChange {
  /** Nats a target token. */
  readonly loss: number;
  readonly metric: number;
}

export interface TokenEffectsRequest {
  /** Open for the prompt's length with `promptPerRequest`; stays open. */
  readonly session: ScoringSession;
  /** [P, D] row-major. */
  readonly prompt: Float32Array;
  /** What replaces a token, [D]: the mean of the vocabulary's embeddings. */
  readonly replacement: ArrayLike<number>;
  readonly examples: readonly ScorableExample[];
  readonly classes: readonly ScorableClass[] | undefined;
  /** Name of a metric that {@link scoresOf} gives. */
  readonly metric: string;
  readonly options: Pick<ScoringOptions, 'batchTokens' | 'stop' | 'onProgress'>;
}

export interface TokenEffects {
  /** Of the whole prompt. */
  readonly scores: Readonly<Record<string, number>>;
  /** By position. */
  readonly tokens: readonly TokenEffect[];
}

/** The prompt with one of its tokens left out, or whole. */
interface Variant {
  readonly prompt: Float32Array;
  readonly hidden?: number;
}

/**
 * How much each virtual token matters: the examples are scored with the whole prompt and, for every position, with it masked and with it
 * replaced, all 2P + 1 prompts together in passes of `batchTokens` through the [batch, P, D] input.
 */
export async function tokenEffects(request: TokenEffectsRequest): Promise<TokenEffects> {
  const { session, prompt, replacement, examples, classes, metric, options } = request;
  const width = replacement.length;
  const promptLength = prompt.length / width;
  const positions = Array.from({ length: promptLength }, (_, position) => position);
  const variants: Variant[] = [
    { prompt },
    ...positions.map((hidden) => ({ prompt, hidden })),
    ...positions.map((position) => ({ prompt: withRow(prompt, position, replacement) })),
  ];

  // An input's own list tells, when passes are put together, which prompt belongs to it.
  const copies = variants.flatMap(() => examples.map((example) => ({ ...example, inputIds: [...example.inputIds] })));
  const variantOf = new Map(
    copies.map(({ inputIds }, i) => [inputIds as readonly number[], variants[Math.floor(i / examples.length)]!]),
  );
  const together: ScoringSession = {
    score: (_, requests) => {
      const chosen = requests.map(({ inputIds }) => variantOf.get(inputIds)!);
      const prompts = new Float32Array(requests.length * prompt.length);
      for (const [i, variant] of chosen.entries()) prompts.set(variant.prompt, i * prompt.length);
      return session.score(
        prompts,
        requests,
        chosen.map(({ hidden }) => hidden),
      );
    },
    release: () => Promise.resolve(),
  };

  const { predictions } = await evaluate(together, prompt, copies, classes, { ...options, promptLength });
  const targets = examples.map(({ target }) => target);
  const words = classes?.map((each) => each.words);
  const [whole, ...without] = variants.map((_, i) =>
    scoresOf(targets, predictions.slice(i * examples.length, (i + 1) * examples.length), words),
  );
  const change = (scores: TokenEffects['scores']): ScoreChange => ({
    loss: scores['loss']! - whole!['loss']!,
    metric: scores[metric]! - whole![metric]!,
  });
  return {
    scores: whole!,
    tokens: positions.map((position) => ({
      position,
      masked: change(without[position]!),
      replaced: change(without[promptLength + position]!),
    })),
  };
}

function withRow(prompt: Float32Array, position: number, row: ArrayLike<number>): Float32Array {
  const changed = prompt.slice();
  changed.set(row, position * row.length);
  return changed;
}
