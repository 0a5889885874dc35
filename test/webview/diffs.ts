import type { PromptDiff, TokenDifference } from '../../extension/protocol/inspection';
import type { PositionBehind } from '../../extension/protocol/promptPosition';
import { inspectionOf, snapshotOf } from './inspections';

export interface DiffOptions {
  readonly lengthA?: number;
  readonly lengthB?: number;
  readonly warnings?: readonly string[];
  readonly changes?: Partial<PromptDiff>;
  /** Of B; A stands in front of the text. */
  readonly position?: PositionBehind;
}

/**
 * Two checkpoints of one run: virtual tokens 1 and 2 have changed places, 3 was learned anew, and what one prompt has more than
 * the other has no counterpart.
 */
export function diffOf({
  lengthA = 12,
  lengthB = 12,
  warnings = [],
  changes = {},
  position,
}: DiffOptions = {}): PromptDiff {
  const { model } = inspectionOf();
  const near = snapshotOf(300, { length: Math.max(lengthA, lengthB), neighbours: 4 }).tokens.map(
    ({ neighbours }) => neighbours,
  );
  const partner = (a: number): number => (a === 1 ? 2 : a === 2 ? 1 : a);
  const both = Math.min(lengthA, lengthB);
  const pairs = Array.from({ length: both }, (_, a): TokenDifference => {
    const b = partner(a);
    const change = b !== a ? 'moved' : a === 3 ? 'changed' : 'unchanged';
    const cosine = change === 'changed' ? 0.31 : 0.99;
    return {
      change,
      a,
      b,
      cosine,
      distance: Math.sqrt(2 - 2 * cosine),
      normA: 1.2,
      normB: 1.3 + a / 100,
      left: change === 'changed' ? near[a]!.slice(0, 2) : [],
      stayed: change === 'changed' ? near[a]!.slice(2, 3) : near[a]!,
      came: change === 'changed' ? near[(a + 1) % both]!.slice(0, 2) : [],
    };
  });
  const alone = { left: [], stayed: [], came: [] };
  const removed = Array.from({ length: lengthA - both }, (_, index): TokenDifference => ({
    change: 'removed',
    a: both + index,
    normA: 1.2,
    ...alone,
  }));
  const added = Array.from({ length: lengthB - both }, (_, index): TokenDifference => ({
    change: 'added',
    b: both + index,
    normB: 1.2,
    ...alone,
  }));
  const run = { id: 'topics', name: 'topics-quick', folder: '/workspace/.prompt-runs/topics' };
  const side = (step: number, length: number): PromptDiff['a'] => ({
    path: `${run.folder}/checkpoints/step-${step}`,
    name: `topics-quick, step ${step}`,
    length,
    width: 576,
    run,
    step,
    model: 'studio-39m',
  });
  return {
    a: side(100, lengthA),
    b: { ...side(300, lengthB), ...(position === undefined ? {} : { position }) },
    model,
    neighbours: 4,
    metric: 'cosine',
    tokens: [...pairs, ...removed, ...added],
    cosines: Array.from({ length: lengthA }, (_, a) =>
      Array.from({ length: lengthB }, (_, b) => (partner(a) === b ? (a === 3 ? 0.31 : 0.99) : Math.sin(a * 3 + b) / 3)),
    ),
    configuration: [{ field: 'training.seed', a: '0', b: '1' }],
    scores: [
      { split: 'dev', metric: 'accuracy', a: 0.61, b: 0.72 },
      { split: 'dev', metric: 'loss', a: 1.2, b: 0.8 },
    ],
    warnings,
    ...changes,
  };
}
