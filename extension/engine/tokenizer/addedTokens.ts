import { asOnigurumaKnowsIt, wordCharacters } from './characters';
import type { Definition } from './definition';
import type { Normalizer } from './normalizers';
import { Trie } from './trie';
import type { Vocabulary } from './vocabulary';

/** A token that is found whole in a text, before anything else. */
interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only where no word character stands beside it. */
  readonly singleWord: boolean;
  /** Takes white space on that side with it. */
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
  /** Looked for in the normalised text, itself normalised. */
  readonly normalized: boolean;
  readonly special: boolean;
}

/** A part of a text: a token's id, or what lies between tokens. */
export type Section = number | { readonly text: string; readonly start: number };

const wordAtStart = new RegExp(`^[${wordCharacters}]`, 'u');
const wordAtEnd = new RegExp(`[${wordCharacters}]$`, 'u');
const spaceAtStart = /^\p{White_Space}*/u;
const space = /\p{White_Space}/u;

/** `added_tokens` of a tokenizer.json. */
export class AddedTokens {
  /** By id; as tokenizers decodes it, a token that is looked for in the normalised text is normalised. */
  private readonly shown = new Map<number, string>();
  private readonly byContent = new Map<string, AddedToken>();
  private readonly plain: Matcher;
  private readonly normalized: Matcher;

  constructor(definitions: readonly Definition[], vocabulary: Vocabulary, normalize: Normalizer) {
    let highest = -1;
    for (const definition of definitions) {
      const content = definition.text('content');
      if (content === '') continue;
      // A token of the vocabulary keeps its id there; others follow it, whatever id the file gives them.
      const id = vocabulary.idOf(content) ?? this.byContent.get(content)?.id ?? Math.max(highest + 1, vocabulary.size);
      highest = Math.max(highest, id);
      const special = definition.flag('special', false);
      const token: AddedToken = {
        id,
        content,
        special,
        singleWord: definition.flag('single_word', false),
        stripsLeft: definition.flag('lstrip', false),
        stripsRight: definition.flag('rstrip', false),
        normalized: definition.flag('normalized', !special),
      };
      this.byContent.set(content, token);
    }
    const tokens = [...this.byContent.values()];
    for (const { id, content, normalized } of tokens) this.shown.set(id, normalized ? normalize(content) : content);
    this.plain = new Matcher(tokens.filter((token) => !token.normalized).map((token) => [token.content, token]));
    this.normalized = new Matcher(
      tokens.filter((token) => token.normalized).map((token) => [normalize(token.content), token]),
    );
  }

  /** The texts of special tokens, by which a text is told to hold one. */
  get specialTexts(): readonly string[] {
    return [...this.byContent.values()].flatMap(({ special, content }) => (special ? [content] : []));
  }

  textOf(id: number): string | undefined {
    return this.shown.get(id);
  }

  /** Cuts a text at the tokens that are looked for before it is normalised. */
  cut(text: string): Section[] {
    return this.plain.cut(text);
  }

  /** Cuts a normalised text at the others. */
  cutNormalized(text: string): Section[] {
    return this.normalized.cut(text);
  }
}

/** Finds tokens in a text: the leftmost one, of those that begin there the longest. */
class Matcher {
  private readonly trie: Trie;
  private readonly tokens: AddedToken[];

  constructor(contents: readonly (readonly [string, AddedToken])[]) {
    this.tokens = contents.map(([, token]) => token);
    // Of two tokens with the same text the first one is found.
    this.trie = new Trie([...contents.entries()].reverse().map(([i, [content]]) => [content, i] as const));
  }

  cut(text: string): Section[] {
    if (this.tokens.length === 0) return [{ text, start: 0 }];
    const sections: Section[] = [];
    let covered = 0;
    for (let at = 0; at < text.length;) {
      const found = this.trie.mayBegin(text.charCodeAt(at)) ? this.longestAt(text, at) : undefined;
      if (found === undefined) {
        at += 1;
        continue;
      }
      const { token, end } = found;
      const start = at;
      at = end;
      if (
        token.singleWord &&
        (touchesWord(text.slice(Math.max(0, start - 2), start), wordAtEnd) ||
          touchesWord(text.slice(end, end + 2), wordAtStart))
      )
        continue;
      const from = token.stripsLeft ? Math.max(covered, spacesBefore(text, start)) : start;
      if (from > covered) sections.push({ text: text.slice(covered, from), start: covered });
      sections.push(token.id);
      covered = token.stripsRight ? end + spaceAtStart.exec(text.slice(end))![0].length : end;
    }
    if (covered < text.length) sections.push({ text: text.slice(covered), start: covered });
    return sections;
  }

  private longestAt(text: string, start: number): { token: AddedToken; end: number } | undefined {
    let found: { token: AddedToken; end: number } | undefined;
    let node = 0;
    for (let end = start; end < text.length;) {
      node = this.trie.next(node, text.charCodeAt(end));
      if (node === -1) break;
      end += 1;
      const i = this.trie.endAt(node);
      if (i !== -1) found = { token: this.tokens[i]!, end };
    }
    return found;
  }
}

function touchesWord(beside: string, word: RegExp): boolean {
  return word.test(asOnigurumaKnowsIt(beside));
}

function spacesBefore(text: string, end: number): number {
  let start = end;
  while (start > 0 && space.test(text[start - 1]!)) start -= 1;
  return start;
}
