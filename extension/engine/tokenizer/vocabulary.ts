import type { Definition } from './definition';
import { TokenizerError } from './tokenizerError';

/** Tokens and their ids. */
export class Vocabulary {
  private readonly tokens: (string | undefined)[] = [];

  constructor(private readonly ids: ReadonlyMap<string, number>) {
    for (const [token, id] of ids) this.tokens[id] = token;
  }

  /** @param definition with `vocab`: an object of ids by token. */
  static read(definition: Definition): Vocabulary {
    const ids = new Map<string, number>();
    const vocab = definition.object('vocab');
    for (const token of Object.keys(vocab)) {
      const id = vocab[token];
      // A list has room for so many only, and no model has that many tokens.
      if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) > 0xffffff)
        throw new TokenizerError(
          `${definition.path}.vocab: the id of ${JSON.stringify(token)} is ${JSON.stringify(id)}`,
        );
      ids.set(token, id as number);
    }
    return new Vocabulary(ids);
  }

  get size(): number {
    return this.ids.size;
  }

  idOf(token: string): number | undefined {
    return this.ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.tokens[id];
  }

  /** The ids of a text's bytes as `<0x0A>`; undefined where one of them is no token. */
  byteIds(text: string): number[] | undefined {
    const ids: number[] = [];
    for (const byte of Buffer.from(text)) {
      const id = this.ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
      if (id === undefined) return undefined;
      ids.push(id);
    }
    return ids;
  }
}
