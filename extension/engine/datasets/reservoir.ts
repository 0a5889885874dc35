import type { Random } from './random';

/**
 * A sample of items that come one after the other, without knowing how many there will be: each is in it with the same probability
 * (Vitter 1985, algorithm R). Holds at most `limit` items.
 */
export class Reservoir<Item> {
  readonly #kept: { readonly item: Item; readonly order: number }[] = [];
  #seen = 0;

  constructor(
    private readonly limit: number,
    private readonly random: Random,
  ) {}

  /** How many items there were. */
  get seen(): number {
    return this.#seen;
  }

  /** @param item is asked for only where it is kept. */
  add(item: () => Item): void {
    const order = this.#seen++;
    const place = order < this.limit ? order : this.random.below(order + 1);
    if (place < this.limit) this.#kept[place] = { item: item(), order };
  }

  /** The sample, in the order in which the items came. */
  items(): Item[] {
    return this.#kept.toSorted((a, b) => a.order - b.order).map(({ item }) => item);
  }
}
