import { mixed } from './shingles';

/** Numbers in a signature. */
export const signatureLength = 64;

/**
 * MinHash signatures: two of them agree in about the share of places that their sets resemble each other by. One hash a
 * shingle decides its bin and its value there (Li, Owen and Zhang 2012, "One permutation hashing"); an empty bin copies
 * one that is not, chosen by a hash of the bins alone (Shrivastava 2017, "Optimal densification").
 *
 * @param seed the same seed gives the same signature on every machine.
 * @param into where the {@link signatureLength} numbers are written.
 */
export function minHash(shingles: Uint32Array, seed: number, into: Uint32Array): void {
  into.fill(empty);
  for (const each of shingles) {
    const hash = mixed(each ^ seed);
    const bin = hash % signatureLength;
    const value = mixed(hash + 0x9e3779b9) >>> 1;
    if (value < into[bin]!) into[bin] = value;
  }
  if (shingles.length === 0) return;
  const filled = Uint8Array.from(into, (value) => (value === empty ? 0 : 1));
  for (let bin = 0; bin < signatureLength; bin++) {
    for (let attempt = 1; into[bin] === empty; attempt++) {
      const other = mixed(seed ^ Math.imul(bin + 1, 0x9e3779b1) ^ Math.imul(attempt, 0x85ebca77)) % signatureLength;
      if (filled[other]) into[bin] = into[other]!;
    }
  }
}
const empty = 0xffffffff;

/** Share of the places in which two signatures agree, an estimate of the resemblance. */
export function agreement(signatures: Uint32Array, one: number, other: number): number {
  let same = 0;
  const [a, b] = [one * signatureLength, other * signatureLength];
  for (let at = 0; at < signatureLength; at++) if (signatures[a + at] === signatures[b + at]) same++;
  return same / signatureLength;
}
