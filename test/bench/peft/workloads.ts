import type { ShapeName } from '../models/shapes';

/** One optimiser step as both sides do it: loss, prompt gradient, AdamW. */
export interface Workload {
  readonly model: ShapeName;
  readonly batch: number;
  /** Tokens of each text; a causal model's last `targetTokens` are those to predict. */
  readonly tokens: number;
  readonly promptLength: number;
  /** Tokens to predict in each example. */
  readonly targetTokens: number;
  /** Where the prompt stands; default: in front of the text. */
  readonly position?: 'prefix' | 'suffix';
}

export const workloads: readonly Workload[] = [
  { model: 'smollm2', batch: 8, tokens: 64, promptLength: 20, targetTokens: 2 },
  { model: 't5Small', batch: 32, tokens: 64, promptLength: 20, targetTokens: 2 },
];

/** Token ids that are the same on both sides, [batch, tokens]. */
export function tokenIds({ batch, tokens }: Workload, vocabulary: number): number[][] {
  return Array.from({ length: batch }, (_, row) =>
    Array.from({ length: tokens }, (_, i) => 3 + ((row * 7919 + i * 104_729) % (vocabulary - 3))),
  );
}
