import { agreement, minHash, signatureLength } from './minHash';
import { mixed, normalized, resemblance, shingles } from './shingles';

/** An item whose text is nearly that of an item before it. */
export interface NearDuplicate<Item> {
  readonly item: Item;
  /** The item that it resembles. */
  readonly of: Item;
  /** Share of their 5-character shingles that both have, 0 to 1; 1 where they differ in case or punctuation only. */
  readonly resemblance: number;
}

/** Resemblance from which two texts are near duplicates. */
export const nearThreshold = 0.8;

/** 16 bands of 4: texts of a resemblance of 0.8 share a band in 999 of 1,000 cases, of 0.3 in 1 of 8. */
const bandLength = 4;
/** How many members of a bucket a text is compared with, so that the work stays linear where very many look alike. */
const mostCompared = 4;
/** Signatures that agree less than this are not worth comparing the texts. */
const leastAgreement = nearThreshold - 0.2;

/** How items are looked at. */
export interface NearKeys<Item> {
  readonly text: (item: Item) => string;
  /** Of the items that a text resembles, one of another group is reported rather than one of its own. */
  readonly group: (item: Item) => string;
}

/**
 * The items whose text is nearly that of an earlier one, found by locality-sensitive hashing of MinHash signatures
 * (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4) and confirmed on the texts themselves.
 * Takes time in proportion to the texts, and 256 bytes an item. A pure function of its arguments.
 *
 * Exact copies are no near duplicates of one another; each is reported where its text resembles another one.
 *
 * @param onProgress called now and then with the share that is done; may throw to end the search.
 */
export function nearDuplicates<Item>(
  items: readonly Item[],
  { text, group }: NearKeys<Item>,
  seed = 0,
  onProgress: (share: number) => void = () => undefined,
): NearDuplicate<Item>[] {
  const firstOf = firstCopies(items.map(text));
  const firsts = Uint32Array.from(items.keys()).filter((index) => firstOf[index] === index);
  const signatures = new Uint32Array(items.length * signatureLength);
  for (const [done, index] of firsts.entries()) {
    const place = signatures.subarray(index * signatureLength, (index + 1) * signatureLength);
    minHash(shingles(normalized(text(items[index]!))), seed, place);
    if (done % 1000 === 0) onProgress((0.5 * done) / firsts.length);
  }
  const found = new Map<number, Near>();
  const bands = signatureLength / bandLength;
  for (let band = 0; band < bands; band++) {
    const buckets = new Buckets(items.length);
    for (const index of firsts) {
      const bucket = buckets.add(index, bandHash(signatures, index * signatureLength + band * bandLength));
      const near = bucket.length === 0 ? undefined : better(bucket, index, found.get(index));
      if (near) found.set(index, near);
    }
    onProgress(0.5 + (0.5 * (band + 1)) / bands);
  }
  return [...items.keys()].flatMap((index) => {
    const near = found.get(firstOf[index]!);
    return near ? [{ item: items[index]!, of: items[near.of]!, resemblance: near.resemblance }] : [];
  });

  /** The first of a bucket that a text resembles; where one of its own group is `known`, only of another group. */
  function better(bucket: readonly number[], index: number, known: Near | undefined): Near | undefined {
    const own = group(items[index]!);
    if (known && group(items[known.of]!) !== own) return undefined;
    let set: Set<number> | undefined;
    let near: Near | undefined;
    for (const of of bucket) {
      const other = group(items[of]!) !== own;
      if (((known ?? near) && !other) || agreement(signatures, of, index) < leastAgreement) continue;
      set ??= new Set(shingles(normalized(text(items[index]!))));
      const share = resemblance(set, new Set(shingles(normalized(text(items[of]!)))));
      if (share < nearThreshold) continue;
      near = { of, resemblance: share };
      if (other) break;
    }
    return near;
  }
}

/** Number of the item that is resembled. */
interface Near {
  readonly of: number;
  readonly resemblance: number;
}

/** For each text the number of the first one that is exactly the same. */
function firstCopies(texts: readonly string[]): Uint32Array {
  const first = new Map<string, number>();
  return Uint32Array.from(texts, (text, index) => {
    const known = first.get(text);
    if (known === undefined) first.set(text, index);
    return known ?? index;
  });
}

/** Items by key; most keys have one item, which takes eight bytes and no object. */
class Buckets {
  readonly #slots: Int32Array;
  readonly #keys: Uint32Array;
  readonly #others = new Map<number, number[]>();

  /** @param items every number that is added is below it. */
  constructor(items: number) {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * items + 1))).fill(-1);
    this.#keys = new Uint32Array(items);
  }

  /** Adds an item where its bucket has room. @returns those that were in the bucket before. */
  add(index: number, key: number): readonly number[] {
    this.#keys[index] = key;
    const mask = this.#slots.length - 1;
    let slot = key & mask;
    while (this.#slots[slot] !== -1 && this.#keys[this.#slots[slot]!] !== key) slot = (slot + 1) & mask;
    const first = this.#slots[slot]!;
    if (first === -1) {
      this.#slots[slot] = index;
      return none;
    }
    const others = this.#others.get(first) ?? [];
    const before = [first, ...others];
    if (before.length < mostCompared) this.#others.set(first, [...others, index]);
    return before;
  }
}
const none: readonly number[] = [];

function bandHash(signatures: Uint32Array, start: number): number {
  let hash = 0;
  for (let at = start; at < start + bandLength; at++) hash = mixed(Math.imul(hash, 31) ^ signatures[at]!);
  return hash;
}
