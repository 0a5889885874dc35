import type { Feed, Session, Tensor } from '../../graph/session';
import { masked } from '../languageModel';
import { pastPrefix, presentPrefix } from './pastLayers';

/** Slots that are added at once: growing copies the whole cache, and empty slots are computed and masked all the same. */
const block = 32;

/** One tensor of the cache: [rows, groups, slots, width]. */
interface Part {
  readonly name: string;
  readonly groups: number;
  readonly width: number;
  data: Float32Array;
}

/**
 * Keys and values of the tokens that a batch of rows has seen, as graph inputs. A row's token at position i lies in slot i, whatever
 * the lengths of the other rows: what is appended overwrites the padding of a shorter row, and the bias hides the slots that a row has
 * not filled.
 */
export class KeyValueCache {
  #slots: number;

  private constructor(
    private readonly parts: readonly Part[],
    /** Tokens of each row. */
    readonly lengths: number[],
    slots: number,
  ) {
    this.#slots = slots;
  }

  /** No tokens yet, for as many rows; the sizes are those of the session's inputs. */
  static empty({ inputs }: Pick<Session, 'inputs'>, rows: number): KeyValueCache {
    const parts = inputs
      .filter(({ name }) => name.startsWith(pastPrefix))
      .map(({ name, shape }): Part => {
        const [groups, width] = [Number(shape[1]), Number(shape[3])];
        return { name: name.slice(pastPrefix.length), groups, width, data: new Float32Array(rows * groups * width) };
      });
    // One slot that is masked, since no dimension may be 0.
    return new KeyValueCache(parts, new Array<number>(rows).fill(0), 1);
  }

  /** Puts the first `counts[row]` of each row's new tokens behind the row's past; `outputs` are those of the run that computed them. */
  append(outputs: Readonly<Record<string, Tensor>>, counts: readonly number[]): void {
    const longest = Math.max(...this.lengths.map((length, row) => length + counts[row]!));
    if (longest > this.#slots) this.#grow(longest + block);
    for (const { name, groups, width, data } of this.parts) {
      const added = outputs[presentPrefix + name]!;
      const tokens = added.shape[2]!;
      for (const [row, length] of this.lengths.entries())
        for (let series = row * groups; series < (row + 1) * groups; series++) {
          const first = series * tokens * width;
          const taken = (added.data as Float32Array).subarray(first, first + counts[row]! * width);
          data.set(taken, (series * this.#slots + length) * width);
        }
    }
    for (const [row, count] of counts.entries()) this.lengths[row]! += count;
  }

  /** A cache of its own of these rows, each as often as it is named. */
  rows(rows: readonly number[]): KeyValueCache {
    const lengths = rows.map((row) => this.lengths[row]!);
    const slots = Math.max(1, ...lengths);
    const parts = this.parts.map((part) => ({ ...part, data: this.#copied(part, rows, slots) }));
    return new KeyValueCache(parts, lengths, slots);
  }

  /** The past of every layer as a run's inputs. */
  feeds(): Record<string, Feed> {
    return Object.fromEntries(
      this.parts.map(({ name, groups, width, data }) => [
        pastPrefix + name,
        { data, shape: [this.lengths.length, groups, this.#slots, width] },
      ]),
    );
  }

  /** [rows, tokens, slots + tokens]: 0 where a new token may look, at its row's past and at new tokens up to itself; masked elsewhere. */
  bias(tokens: number): Feed {
    const keys = this.#slots + tokens;
    const data = new Float32Array(this.lengths.length * tokens * keys);
    for (const [row, length] of this.lengths.entries())
      for (let token = 0; token < tokens; token++) {
        const first = (row * tokens + token) * keys;
        data.fill(masked, first + length, first + this.#slots);
        data.fill(masked, first + this.#slots + token + 1, first + keys);
      }
    return { data, shape: [this.lengths.length, tokens, keys] };
  }

  /** [rows, tokens]: the position of each new token in its row. @param longest row there is; padding that reaches further does not count. */
  positions(tokens: number, longest: number): Feed {
    const data = this.lengths.flatMap((length) =>
      Array.from({ length: tokens }, (_, token) => Math.min(length + token, longest - 1)),
    );
    return { data, shape: [this.lengths.length, tokens] };
  }

  /** Tokens of past that a run computes with, the masked ones of shorter rows among them. */
  get slots(): number {
    return this.#slots;
  }

  #grow(slots: number): void {
    const all = [...this.lengths.keys()];
    for (const part of this.parts) part.data = this.#copied(part, all, slots);
    this.#slots = slots;
  }

  #copied({ groups, width, data }: Part, rows: readonly number[], slots: number): Float32Array {
    const copy = new Float32Array(rows.length * groups * slots * width);
    for (const [to, row] of rows.entries())
      for (let group = 0; group < groups; group++) {
        const first = (row * groups + group) * this.#slots * width;
        const seen = data.subarray(first, first + this.lengths[row]! * width);
        copy.set(seen, (to * groups + group) * slots * width);
      }
    return copy;
  }
}
