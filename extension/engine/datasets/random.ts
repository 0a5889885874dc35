/**
 * Pseudo-random numbers that are the same on every machine: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled Linear
 * Pseudorandom Number Generators", ACM TOMS 47(4), 2021), its state filled by SplitMix32. Not for secrets.
 */

/** The generator's whole state, four unsigned 32-bit integers; plain JSON. */
export type RandomState = readonly [number, number, number, number];

export interface Random {
  /** Uniform over 0 .. 2^32 - 1. */
  uint32(): number;
  /** Uniform over [0, 1), a multiple of 2^-53. */
  uniform(): number;
  /** Uniform integer over 0 .. bound - 1, without modulo bias; bound is 1 .. 2^32. */
  below(bound: number): number;
  /** What {@link restoredRandom} continues from. */
  state(): RandomState;
}

/**
 * A generator that is a pure function of its arguments.
 * @param seed whole number from 0 to 2^53 - 1.
 * @param stream names what the numbers are for (a purpose, an epoch), so that different uses of one seed are independent.
 */
export function seededRandom(seed: number, ...stream: readonly (string | number)[]): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`a seed is a whole number from 0, not ${seed}`);
  let hash = fnv1a(stream.map((part) => `${typeof part}:${part}`).join('\n'));
  hash = splitMix32(hash ^ (seed >>> 0));
  hash = splitMix32(hash ^ Math.floor(seed / 2 ** 32));
  const word = (): number => splitMix32((hash = (hash + 0x9e3779b9) >>> 0));
  const [a, b, c, d] = [word(), word(), word(), word()];
  // An all-zero state would stay zero for ever.
  return restoredRandom([(a | b | c | d) === 0 ? 1 : a, b, c, d]);
}

/** A generator that goes on exactly where the one whose `state()` this is stood. */
export function restoredRandom(state: RandomState): Random {
  let [a, b, c, d] = state.map((word) => word >>> 0) as [number, number, number, number];
  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  };
  return {
    uint32,
    uniform: () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53,
    below: (bound) => {
      if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
        throw new RangeError(`a bound is a whole number from 1 to 2^32, not ${bound}`);
      }
      const fair = 2 ** 32 - (2 ** 32 % bound);
      for (;;) {
        const value = uint32();
        if (value < fair) return value % bound;
      }
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
  };
}

/** 0 .. count - 1 in a uniformly random order (Fisher and Yates). */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}

/** A copy of `items` in a uniformly random order. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return Array.from(permutation(items.length, random), (index) => items[index]!);
}

/** `count` of 0 .. population - 1: without replacement, or with it where the population is smaller than `count`. */
export function sample(population: number, count: number, random: Random): number[] {
  if (population < 1) throw new RangeError('nothing to sample from');
  if (count > population) return Array.from({ length: count }, () => random.below(population));
  return Array.from(permutation(population, random).subarray(0, count));
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** 32-bit finaliser of SplitMix (Steele, Lea and Flood 2014, with the constants of MurmurHash3's `fmix32`). */
function splitMix32(word: number): number {
  let z = word >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/** FNV-1a, 32 bits, over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
