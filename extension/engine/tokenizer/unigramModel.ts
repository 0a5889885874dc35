import type { Definition } from './definition';
import { TokenizerError } from './tokenizerError';
import type { TokenModel } from './tokenModel';
import { Trie } from './trie';
import { Vocabulary } from './vocabulary';

/** What an unknown character scores below the worst token. */
const unknownPenalty = 10;

/** `Unigram`: the likeliest cut of a text, where each token has a log probability (Kudo 2018, section 3.2). */
export class UnigramModel implements TokenModel {
  readonly vocabulary: Vocabulary;
  private readonly scores: Float64Array;
  private readonly trie: Trie;
  private readonly unknown: number | undefined;
  private readonly unknownScore: number;
  private readonly hasByteFallback: boolean;

  constructor(definition: Definition) {
    const rows = definition.list('vocab');
    this.scores = new Float64Array(rows.length);
    const ids = new Map<string, number>();
    let lowest = Infinity;
    rows.forEach((row, id) => {
      if (!Array.isArray(row) || typeof row[0] !== 'string' || typeof row[1] !== 'number')
        throw new TokenizerError(
          `${definition.path}.vocab[${id}] is ${JSON.stringify(row)}, it must be a token and its score`,
        );
      ids.set(row[0], id);
      this.scores[id] = row[1];
      lowest = Math.min(lowest, row[1]);
    });
    this.vocabulary = new Vocabulary(ids);
    this.trie = new Trie(ids, 4 * ids.size);
    this.unknown = definition.has('unk_id') ? definition.count('unk_id') : undefined;
    if (this.unknown !== undefined && this.unknown >= rows.length)
      definition.reject('unk_id', `but vocab has ${rows.length} tokens`);
    this.unknownScore = lowest - unknownPenalty;
    this.hasByteFallback = definition.flag('byte_fallback', false);
  }

  encode(piece: string): readonly number[] {
    return this.ids(this.bestCuts(piece));
  }

  /** Of the likeliest cut, where each token starts, by where it ends; and its id. Of equals the one found first, shorter tokens before longer ones. */
  private bestCuts(piece: string): Cuts {
    const { trie, scores } = this;
    const size = piece.length;
    const best = new Float64Array(size + 1);
    const starts = new Int32Array(size + 1).fill(-1);
    const ids = new Int32Array(size + 1);
    for (let start = 0; start < size;) {
      const soFar = best[start]!;
      const character = piece.codePointAt(start)! > 0xffff ? 2 : 1;
      let single = false;
      let node = 0;
      for (let end = start; end < size;) {
        node = trie.next(node, piece.charCodeAt(end));
        if (node === -1) break;
        end += 1;
        const id = trie.endAt(node);
        if (id === -1) continue;
        const score = scores[id]! + soFar;
        if (starts[end] === -1 || score > best[end]!) {
          best[end] = score;
          starts[end] = start;
          ids[end] = id;
        }
        single ||= end === start + character;
      }
      const end = start + character;
      if (!single && (starts[end] === -1 || this.unknownScore + soFar > best[end]!)) {
        if (this.unknown === undefined)
          throw new TokenizerError(
            `model.unk_id is missing, and there is no token for ${JSON.stringify(piece.slice(start, end))}`,
          );
        best[end] = this.unknownScore + soFar;
        starts[end] = start;
        ids[end] = this.unknown;
      }
      start = end;
    }
    return { piece, starts, ids };
  }

  private ids({ piece, starts, ids }: Cuts): number[] {
    const found: number[] = [];
    // Unknown neighbours are one token.
    let unknownEnd = -1;
    for (let end = piece.length; end > 0;) {
      const start = starts[end]!;
      if (ids[end] === this.unknown) {
        if (unknownEnd < 0) unknownEnd = end;
        if (start === 0) found.push(...this.unknownIds(piece.slice(0, unknownEnd)));
      } else {
        if (unknownEnd >= 0) found.push(...this.unknownIds(piece.slice(end, unknownEnd)));
        unknownEnd = -1;
        found.push(ids[end]!);
      }
      end = start;
    }
    return found.reverse();
  }

  /** Last one first. */
  private unknownIds(text: string): readonly number[] {
    const known = this.vocabulary.idOf(text);
    if (known !== undefined) return [known];
    const bytes = this.hasByteFallback ? this.vocabulary.byteIds(text) : undefined;
    return bytes?.reverse() ?? [this.unknown!];
  }
}

interface Cuts {
  readonly piece: string;
  /** By UTF-16 offset of the end. */
  readonly starts: Int32Array;
  readonly ids: Int32Array;
}
