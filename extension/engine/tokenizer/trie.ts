import { PairTable } from './pairTable';

/** Texts by their beginnings, each with a number; one UTF-16 unit a step. */
export class Trie {
  private readonly children: PairTable;
  /** The number of the text that ends at a node, or -1. */
  private readonly ends: number[] = [-1];
  private readonly begins = new Uint8Array(0x10000);

  constructor(texts: Iterable<readonly [text: string, number: number]>, expected = 0) {
    this.children = new PairTable(expected);
    for (const [text, number] of texts) {
      let node = 0;
      for (let i = 0; i < text.length; i += 1) node = this.child(node, text.charCodeAt(i));
      if (node === 0) continue;
      this.ends[node] = number;
      this.begins[text.charCodeAt(0)] = 1;
    }
  }

  /** Whether a text of the trie may begin with the unit. */
  mayBegin(unit: number): boolean {
    return this.begins[unit] === 1;
  }

  /** The node behind `node` and a UTF-16 unit, or -1. The root is 0. */
  next(node: number, unit: number): number {
    return this.children.get(node, unit);
  }

  /** The number of the text that ends at a node, or -1. */
  endAt(node: number): number {
    return this.ends[node]!;
  }

  private child(node: number, unit: number): number {
    const found = this.children.get(node, unit);
    if (found !== -1) return found;
    const made = this.ends.push(-1) - 1;
    this.children.set(node, unit, made);
    return made;
  }
}
