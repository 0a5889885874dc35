import type { Dim } from '../../graph/dimension';
import { input } from '../../graph/leaves';
import { cast } from '../../graph/operators/elementwise';
import { concat, expand } from '../../graph/operators/shaping';
import type { Value } from '../../graph/value';

/** Keys and values of one layer's attention, [batch, groups, tokens, width] each. */
export interface KeysAndValues {
  readonly keys: Value;
  readonly values: Value;
}

/** The dimension of the tokens whose keys and values are fed; never 0, since some of them may be masked. */
export const pastTokens: Dim = 'past';

/** The input `past.keys.3` holds what the output `present.keys.3` was in earlier passes; `past.values.3` alike. */
export const pastPrefix = 'past.';
export const presentPrefix = 'present.';

/**
 * The graph's side of a key/value cache: keys and values of earlier tokens are inputs, those of the new tokens become outputs. An
 * architecture knows nothing of it: each of its layers hands over what it computed, in their order, and is given what it may see.
 */
export class PastLayers {
  readonly #present: Record<string, Value> = {};
  #layers = 0;

  /**
   * @param stored how the past is fed: in the model's precision, or in half the space.
   * @param of what is fed: a past for each row, or one that all rows have.
   */
  constructor(
    private readonly stored: 'float' | 'float16' = 'float',
    private readonly of: 'each row' | 'all rows' = 'each row',
  ) {}

  /** Keys and values of a layer's new tokens; returns them behind those of the past, [batch, groups, past + tokens, width]. */
  extend({ keys, values }: KeysAndValues): KeysAndValues {
    const layer = this.#layers++;
    const behindPast = (name: string, present: Value): Value => {
      this.#present[presentPrefix + name] = present;
      const shape = present.shape.with(2, pastTokens);
      const fed = this.of === 'all rows' ? shape.with(0, 1) : shape;
      const past = cast(input(pastPrefix + name, this.stored, fed), present.type);
      return concat([expand(past, shape), present], 2);
    };
    return { keys: behindPast(`keys.${layer}`, keys), values: behindPast(`values.${layer}`, values) };
  }

  /** Outputs of the graph: keys and values of the new tokens of every layer. */
  get present(): Readonly<Record<string, Value>> {
    return this.#present;
  }
}
