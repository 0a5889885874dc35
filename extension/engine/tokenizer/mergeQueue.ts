/** 2^26: a piece of text has fewer characters, and a tokenizer fewer merges. */
const places = 0x4000000;

/** Pairs that may be joined, the lowest rank first and of equals the leftmost: a binary heap. */
export class MergeQueue {
  /** Of what was taken last. */
  rank = 0;
  place = 0;
  /** rank x 2^26 + place. */
  private keys = new Float64Array(64);
  private count = 0;

  clear(): void {
    this.count = 0;
  }

  /** @param rank -1: the pair cannot be joined, and is left out. */
  add(rank: number, place: number): void {
    if (rank < 0) return;
    if (this.count === this.keys.length) {
      const grown = new Float64Array(2 * this.count);
      grown.set(this.keys);
      this.keys = grown;
    }
    const { keys } = this;
    const key = rank * places + place;
    let i = this.count;
    this.count += 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[i] = keys[parent]!;
      i = parent;
    }
    keys[i] = key;
  }

  /** Takes the first pair out, into {@link rank} and {@link place}. @returns false where there is none. */
  take(): boolean {
    if (this.count === 0) return false;
    const { keys } = this;
    const first = keys[0]!;
    this.rank = Math.floor(first / places);
    this.place = first - this.rank * places;
    this.count -= 1;
    const last = keys[this.count]!;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && keys[child + 1]! < keys[child]!) child += 1;
      if (keys[child]! >= last) break;
      keys[i] = keys[child]!;
      i = child;
    }
    keys[i] = last;
    return true;
  }
}
