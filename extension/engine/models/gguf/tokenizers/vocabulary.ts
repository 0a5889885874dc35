import type { GgufMetadata } from '../ggufMetadata';

/** tokenizer.ggml.token_type. */
const kinds = { unknown: 2, control: 3, userDefined: 4, byte: 6 } as const;

/** -1 in 32 bits: how some converters write that there is no such token. */
const noToken = 0xffff_ffff;

/** The tokens of a GGUF file in the order of their ids, and which of them the tokenizer treats apart. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  /** Whether pieces of text can be this token: not one that is found whole in the text, unknown, or a single byte. */
  readonly isPlain: (id: number) => boolean;
  /** `added_tokens` of tokenizer.json: found in the text before everything else. Control tokens are special. */
  readonly added: readonly AddedToken[];
  /** The token of a special role, as "tokenizer.ggml.ROLE_token_id" says; undefined where the file names none. */
  readonly special: (role: SpecialRole) => { readonly id: number; readonly token: string } | undefined;
}

export type SpecialRole = 'bos' | 'eos' | 'unknown' | 'padding';

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: false;
  readonly lstrip: false;
  readonly rstrip: false;
  readonly normalized: false;
  readonly special: boolean;
}

/**
 * @param size rows of the embedding matrix.
 * @throws ModelError where there are more tokens than embeddings, a token stands twice, or an id is none.
 */
export function readVocabulary(metadata: GgufMetadata, size: number): Vocabulary {
  const key = 'tokenizer.ggml.tokens';
  // llama.cpp names tokens without a text the same way.
  const tokens = metadata.texts(key).map((token, id) => (token === '' ? `[EMPTY_${id}]` : token));
  if (tokens.length > size) metadata.reject(key, `, more than the model's ${size} embeddings`);
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    const first = ids.get(token);
    // llama.cpp refuses it too: a text would not say which of the two it is.
    if (first !== undefined)
      metadata.reject(key, ` that has ${JSON.stringify(token)} twice, as number ${first} and ${id}`);
    ids.set(token, id);
  }
  const types = metadata.has('tokenizer.ggml.token_type') ? metadata.numbers('tokenizer.ggml.token_type') : [];
  const special = (role: SpecialRole): { id: number; token: string } | undefined => {
    const roleKey = `tokenizer.ggml.${role}_token_id`;
    if (!metadata.has(roleKey)) return undefined;
    const id = metadata.count(roleKey);
    if (id === noToken) return undefined;
    const token = tokens[id];
    if (token === undefined) metadata.reject(roleKey, `, but there are only ${tokens.length} tokens`);
    return { id, token };
  };
  const added = tokens.flatMap((content, id) => {
    const isSpecial = types[id] === kinds.control || types[id] === kinds.unknown;
    if (!isSpecial && types[id] !== kinds.userDefined) return [];
    return [
      { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: isSpecial } as const,
    ];
  });
  const apart = new Set(added.map(({ id }) => id));
  return { tokens, isPlain: (id) => !apart.has(id) && types[id] !== kinds.byte, added, special };
}
