import type { Definition } from './definition';
import { MergeQueue } from './mergeQueue';
import { PairTable } from './pairTable';
import type { TokenModel } from './tokenModel';
import { TokenizerError } from './tokenizerError';
import { Vocabulary } from './vocabulary';

/** `BPE`: neighbours are joined in the order of the list of merges (Sennrich, Haddow and Birch 2016). */
export class BytePairModel implements TokenModel {
  readonly vocabulary: Vocabulary;
  /** Rank of a pair of ids. */
  private readonly ranks: PairTable;
  /** Id that a merge makes, by rank. */
  private readonly made: Int32Array;
  private readonly queue = new MergeQueue();
  private readonly prefix: string;
  private readonly suffix: string;
  private readonly unknown: string | undefined;
  private readonly fusesUnknown: boolean;
  private readonly hasByteFallback: boolean;
  private readonly takesWhole: boolean;

  constructor(definition: Definition) {
    if (definition.has('dropout') && definition.field('dropout') !== 0)
      definition.reject('dropout', 'but a text must have the same tokens each time; set it to null');
    this.vocabulary = Vocabulary.read(definition);
    this.prefix = definition.text('continuing_subword_prefix', '');
    this.suffix = definition.text('end_of_word_suffix', '');
    this.unknown = definition.has('unk_token') ? definition.text('unk_token') : undefined;
    this.fusesUnknown = definition.flag('fuse_unk', false);
    this.hasByteFallback = definition.flag('byte_fallback', false);
    this.takesWhole = definition.flag('ignore_merges', false);
    const merges = definition
      .list('merges')
      .filter((merge) => !(typeof merge === 'string' && merge.startsWith('#version')));
    this.ranks = new PairTable(merges.length);
    this.made = new Int32Array(merges.length);
    merges.forEach((merge, rank) => this.addMerge(definition, merge, rank));
  }

  encode(piece: string): readonly number[] {
    if (this.takesWhole) {
      const whole = this.vocabulary.idOf(piece);
      if (whole !== undefined) return [whole];
    }
    return this.merged(this.symbols(piece));
  }

  private addMerge(definition: Definition, merge: unknown, rank: number): void {
    const pair = pairOf(merge);
    if (pair === undefined)
      throw new TokenizerError(`${definition.path}.merges[${rank}] is ${JSON.stringify(merge)}, it must be two tokens`);
    const [left, right] = pair;
    const made = left + (this.prefix === '' ? right : right.slice(this.prefix.length));
    const [first, second, id] = [this.vocabulary.idOf(left), this.vocabulary.idOf(right), this.vocabulary.idOf(made)];
    if (first === undefined || second === undefined || id === undefined) {
      const missing = first === undefined ? left : second === undefined ? right : made;
      throw new TokenizerError(
        `${definition.path}.merges[${rank}] has ${JSON.stringify(missing)}, which is not in vocab`,
      );
    }
    this.made[rank] = id;
    this.ranks.set(first, second, rank);
  }

  /** One token a character; those that are none become bytes or the unknown token. */
  private symbols(piece: string): number[] {
    const symbols: number[] = [];
    let unknown: number | undefined;
    for (let i = 0; i < piece.length;) {
      const start = i;
      i += piece.codePointAt(i)! > 0xffff ? 2 : 1;
      let character = piece.slice(start, i);
      if (start > 0) character = this.prefix + character;
      if (i === piece.length) character += this.suffix;
      const id = this.vocabulary.idOf(character);
      if (id !== undefined) {
        if (unknown !== undefined) symbols.push(unknown);
        unknown = undefined;
        symbols.push(id);
        continue;
      }
      const bytes = this.hasByteFallback ? this.vocabulary.byteIds(character) : undefined;
      // An unknown token in front is written behind the bytes, as tokenizers does it.
      if (bytes !== undefined) symbols.push(...bytes);
      else if (this.unknown !== undefined) {
        if (unknown !== undefined && !this.fusesUnknown) symbols.push(unknown);
        unknown = this.vocabulary.idOf(this.unknown);
        if (unknown === undefined)
          throw new TokenizerError(`model.unk_token is ${JSON.stringify(this.unknown)}, which is not in vocab`);
      }
    }
    if (unknown !== undefined) symbols.push(unknown);
    return symbols;
  }

  /** The pair of lowest rank is joined first, of equals the leftmost, until no pair has a rank. */
  private merged(symbols: number[]): number[] {
    const count = symbols.length;
    if (count < 2) return symbols;
    const { ranks, made, queue } = this;
    const next = new Int32Array(count);
    const previous = new Int32Array(count);
    queue.clear();
    for (let i = 0; i < count; i += 1) {
      next[i] = i + 1;
      previous[i] = i - 1;
      if (i + 1 < count) queue.add(ranks.get(symbols[i]!, symbols[i + 1]!), i);
    }
    while (queue.take()) {
      const { rank, place } = queue;
      const right = next[place]!;
      // Either of them may have been joined with another one since.
      if (symbols[place] === -1 || right === count || ranks.get(symbols[place]!, symbols[right]!) !== rank) continue;
      symbols[place] = made[rank]!;
      symbols[right] = -1;
      const after = next[right]!;
      next[place] = after;
      if (after < count) {
        previous[after] = place;
        queue.add(ranks.get(symbols[place], symbols[after]!), place);
      }
      const before = previous[place]!;
      if (before >= 0) queue.add(ranks.get(symbols[before]!, symbols[place]), before);
    }
    return symbols.filter((symbol) => symbol !== -1);
  }
}

/** A merge is two texts, or one with a space between them. */
function pairOf(merge: unknown): readonly [string, string] | undefined {
  if (typeof merge === 'string') {
    const space = merge.indexOf(' ');
    if (space < 0 || merge.includes(' ', space + 1)) return undefined;
    return [merge.slice(0, space), merge.slice(space + 1)];
  }
  const [left, right, ...rest] = Array.isArray(merge) ? (merge as unknown[]) : [];
  return typeof left === 'string' && typeof right === 'string' && rest.length === 0 ? [left, right] : undefined;
}
