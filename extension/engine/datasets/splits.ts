import { seededRandom, shuffled } from './random';
import type { Random } from './random';

/** The parts of a data set, in the order in which a tie is broken. */
export const parts = ['train', 'dev', 'test'] as const;
export type Part = (typeof parts)[number];
export type Parts<T> = Readonly<Record<Part, readonly T[]>>;

export interface SplitOptions {
  /** Shares of the rows; they are taken relative to their sum. */
  readonly train: number;
  readonly dev: number;
  readonly test: number;
  readonly seed: number;
  readonly stratified: boolean;
}

/** How a split looks at an item. */
export interface SplitKeys<T> {
  /** Items with the same text stay together. */
  readonly text: (item: T) => string;
  /** Items with the same label are spread over the parts by the shares; undefined: no labels. */
  readonly label?: ((item: T) => string) | undefined;
}

/**
 * Cuts items into train, dev and test: a pure function of its arguments, the same on every machine.
 *
 * Where no text occurs twice, each part has of each label its exact share, rounded down or up, and over all labels its
 * exact share of the items, rounded likewise as far as the labels allow. Items with the same text go to one part
 * together, so a text that occurs often can move those counts by as much. The order of a part is the order of `items`.
 */
export function split<T>(items: readonly T[], keys: SplitKeys<T>, options: SplitOptions): Parts<T> {
  const shares = parts.map((part) => options[part]);
  const assigned = assign(items, options.stratified ? keys : { text: keys.text }, shares, options.seed, 'split');
  const [train, dev, test] = parts.map((_, part) => items.filter((_item, index) => assigned[index] === part));
  return { train: train!, dev: dev!, test: test! };
}

export interface SplitFiles<T> {
  readonly train: readonly T[];
  readonly dev?: readonly T[] | undefined;
  readonly test?: readonly T[] | undefined;
}
export interface GivenParts<T> {
  readonly parts: Parts<T>;
  /** Items left out because their text is also in a later part: an evaluation on seen texts would say too much. */
  readonly leftOut: Parts<T>;
}

/**
 * Parts where some come from files of their own: what is not given is cut from `train` by the shares of the parts that
 * are cut. A text that is in several files stays in the test part before dev, and in dev before train.
 */
export function splitGiven<T>(files: SplitFiles<T>, keys: SplitKeys<T>, options: SplitOptions): GivenParts<T> {
  const given = { train: files.train, dev: files.dev ?? [], test: files.test ?? [] };
  const testTexts = new Set(given.test.map(keys.text));
  const dev = partition(given.dev, (item) => !testTexts.has(keys.text(item)));
  const laterTexts = new Set([...testTexts, ...dev.kept.map(keys.text)]);
  const train = partition(given.train, (item) => !laterTexts.has(keys.text(item)));
  const shares = { ...options, ...(files.dev && { dev: 0 }), ...(files.test && { test: 0 }) };
  const cut = split(train.kept, keys, shares);
  return {
    parts: { train: cut.train, dev: files.dev ? dev.kept : cut.dev, test: files.test ? given.test : cut.test },
    leftOut: { train: train.leftOut, dev: dev.leftOut, test: [] },
  };
}

/**
 * At most `limit` items, chosen by the seed so that each label keeps its share, and each is there at least once where
 * `limit` allows it. The order is the order of `items`.
 */
export function limited<T>(
  items: readonly T[],
  limit: number,
  label: ((item: T) => string) | undefined,
  seed: number,
): T[] {
  if (items.length <= limit) return [...items];
  const strata = grouped(items.keys(), (index) => label?.(items[index]!) ?? '');
  const wanted = quotas(
    strata.map(({ length }) => length),
    [limit, items.length - limit],
  ).map(([chosen]) => chosen!);
  for (const empty of wanted.keys()) {
    if (wanted[empty] !== 0) continue;
    const largest = wanted.indexOf(Math.max(...wanted));
    if (wanted[largest]! < 2) break;
    wanted[largest]!--;
    wanted[empty] = 1;
  }
  const random = seededRandom(seed, 'limit');
  const chosen = new Set(strata.flatMap((indices, stratum) => shuffled(indices, random).slice(0, wanted[stratum])));
  return items.filter((_, index) => chosen.has(index));
}

/** The number of the part of each item. */
function assign<T>(
  items: readonly T[],
  keys: SplitKeys<T>,
  shares: readonly number[],
  seed: number,
  stream: string,
): Uint8Array {
  const random = seededRandom(seed, stream);
  // Items with one text are one group; its label is that of its first item.
  const groups = grouped(items.keys(), (index) => keys.text(items[index]!));
  const strata = grouped(groups, ([first]) => keys.label?.(items[first!]!) ?? '');
  const sizes = strata.map((stratum) => stratum.reduce((sum, group) => sum + group.length, 0));
  const wanted = quotas(sizes, shares);
  const assigned = new Uint8Array(items.length);
  for (const [index, stratum] of strata.entries()) fill(stratum, wanted[index]!, random, assigned);
  return assigned;
}

/** Gives the groups of one label to the parts: the largest first, each to the part that lacks the most. */
function fill(groups: readonly number[][], wanted: readonly number[], random: Random, assigned: Uint8Array): void {
  const lacking = [...wanted];
  for (const group of shuffled(groups, random).sort((a, b) => b.length - a.length)) {
    const part = lacking.indexOf(Math.max(...lacking));
    lacking[part]! -= group.length;
    for (const index of group) assigned[index] = part;
  }
}

/**
 * Whole numbers near `sizes[i] * shares[j]`: every row sums to its size, every number is its exact value rounded down or
 * up, and the columns sum to the shares of the whole, rounded to the largest remainders.
 */
export function quotas(sizes: readonly number[], shares: readonly number[]): number[][] {
  const sum = shares.reduce((a, b) => a + b, 0);
  if (!(sum > 0)) throw new RangeError('at least one share must be more than 0');
  const total = sizes.reduce((a, b) => a + b, 0);
  const exact = sizes.map((size) => shares.map((share) => (size * share) / sum));
  const result = exact.map((row) => row.map(floor));
  const columnTotals = rounded(
    shares.map((share) => (total * share) / sum),
    total,
  );
  const lacking = columnTotals.map((each, column) => each - result.reduce((a, row) => a + row[column]!, 0));
  for (const [row, counts] of result.entries()) {
    const missing = sizes[row]! - counts.reduce((a, b) => a + b, 0);
    // One more for the columns that were rounded down, where the whole still lacks the most.
    const candidates = counts
      .map((count, column) => ({ column, remainder: exact[row]![column]! - count }))
      .filter(({ remainder }) => remainder > tolerance)
      .sort((a, b) => lacking[b.column]! - lacking[a.column]! || b.remainder - a.remainder);
    for (const { column } of candidates.slice(0, missing)) {
      counts[column]!++;
      lacking[column]!--;
    }
  }
  return result;
}

/** Shares such as 0.1 are not exact in binary: 0.1 * 70 is a little less or more than 7. */
const tolerance = 1e-9;
function floor(value: number): number {
  return Math.floor(value + tolerance);
}

/** `exact` rounded to whole numbers that sum to `total`, by the largest remainders. */
function rounded(exact: readonly number[], total: number): number[] {
  const result = exact.map(floor);
  const byRemainder = [...exact.keys()].sort((a, b) => exact[b]! - result[b]! - (exact[a]! - result[a]!));
  const missing = total - result.reduce((a, b) => a + b, 0);
  for (const index of byRemainder.slice(0, missing)) result[index]!++;
  return result;
}

/** Items by key, both in the order of their first appearance. */
function grouped<T>(items: Iterable<T>, key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}

function partition<T>(items: readonly T[], keep: (item: T) => boolean): { kept: T[]; leftOut: T[] } {
  return { kept: items.filter(keep), leftOut: items.filter((item) => !keep(item)) };
}
