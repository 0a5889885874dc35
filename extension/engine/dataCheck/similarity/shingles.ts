/** Characters in a shingle. */
const length = 5;

/** A text as near duplicates see it: lower case, everything but letters, digits and symbols a single space. */
export function normalized(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\p{S}]+/gu, ' ')
    .trim();
}

/**
 * Hashes of the shingles of a normalised text, the runs of 5 UTF-16 units in it (of a shorter text the whole), in their
 * order and as often as they occur. Broder 1997, "On the resemblance and containment of documents".
 */
export function shingles(text: string): Uint32Array {
  const count = text === '' ? 0 : Math.max(1, text.length - length + 1);
  const hashes = new Uint32Array(count);
  const own = Math.min(length, text.length);
  for (let start = 0; start < count; start++) {
    let hash = 0x811c9dc5;
    for (let at = start; at < start + own; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hashes[start] = mixed(hash);
  }
  return hashes;
}

/** Share of the shingles of two texts that both have: |A and B| / |A or B|. */
export function resemblance(one: ReadonlySet<number>, other: ReadonlySet<number>): number {
  let shared = 0;
  for (const each of other) if (one.has(each)) shared++;
  return one.size + other.size === 0 ? 1 : shared / (one.size + other.size - shared);
}

/** The finaliser of MurmurHash3. */
export function mixed(word: number): number {
  let z = word >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
