import type { Random } from '../../datasets/random';
import type { FrozenModel } from '../../models/frozenModel';

/** What the initialisers need of the frozen model. */
export type EmbeddingSource = Pick<FrozenModel, 'width' | 'vocabulary' | 'embeddings' | 'encodeWords'>;

export interface InitialiserRequest {
  readonly model: EmbeddingSource;
  /** P, virtual tokens. */
  readonly length: number;
  readonly random: Random;
  /** Words of each label, in the task's order; for "class-labels". */
  readonly labelWords: readonly string[];
  /** For "text". */
  readonly text?: string | undefined;
  /** Half width of "random-uniform". Default 0.5. */
  readonly range?: number | undefined;
  /** For "prompt": [P of the source, width] row-major. */
  readonly source?: { readonly prompt: Float32Array; readonly width: number } | undefined;
  /** How many of the first vocabulary ids are sampled from. Default 5000. */
  readonly topTokens?: number | undefined;
}

/** Start of a prompt, [P, D] row-major. Lester et al. 2021, section 3.2. */
export type Initialise = (request: InitialiserRequest) => Promise<Float32Array>;
