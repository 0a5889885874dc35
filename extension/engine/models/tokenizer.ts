import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { readJsonObject } from './configuration';
import { ModelError } from './modelError';

/** Text to token ids and back, as the model's own `tokenizer.json` has it. */
export class Tokenizer {
  private constructor(
    private readonly tokenizer: HuggingFaceTokenizer,
    /** Texts of the tokens that `tokenizer.json` marks as special. */
    readonly specialTexts: readonly string[],
  ) {}

  /** @throws ModelError where `tokenizer.json` is missing or cannot be used. */
  static async read(folder: string): Promise<Tokenizer> {
    const file = join(folder, 'tokenizer.json');
    const settings = join(folder, 'tokenizer_config.json');
    if (!existsSync(file) && existsSync(join(folder, 'tokenizer.model')))
      throw new ModelError(
        `${file}: missing. The folder has tokenizer.model, which is not read: save the tokenizer again with transformers, ` +
          'which then writes tokenizer.json.',
      );
    const definition = await readJsonObject(file);
    try {
      return new Tokenizer(
        new HuggingFaceTokenizer(definition, existsSync(settings) ? await readJsonObject(settings) : {}),
        specialTexts(definition),
      );
    } catch (error) {
      if (error instanceof ModelError) throw error;
      throw new ModelError(`${file}: cannot be used as a tokenizer (${(error as Error).message}).`);
    }
  }

  /** With the special tokens that the tokenizer adds, none where it adds none. */
  encode(text: string): number[] {
    return this.tokenizer.encode(text).ids;
  }

  /** Without any special token. */
  encodeWords(text: string): number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /**
   * Without any special token, as the text is written after another text and one space. Tokenizers differ in whether
   * that space is part of the text (byte-level ones) or put in front by the tokenizer itself (SentencePiece).
   */
  encodeContinuation(text: string): number[] {
    const bare = text.trimStart();
    const ids = this.encodeWords(bare);
    const first = ids[0] === undefined ? undefined : this.tokenizer.id_to_token(ids[0]);
    return first === undefined || /^[\u2581\u0120]/u.test(first) ? ids : this.encodeWords(` ${bare}`);
  }

  /** Special tokens are shown, and spaces stay as they are. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return '';
    return this.tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  }
}

/** `added_tokens` of a `tokenizer.json` that are special. */
function specialTexts(definition: Readonly<Record<string, unknown>>): string[] {
  const added = definition['added_tokens'];
  if (!Array.isArray(added)) return [];
  return (added as readonly { readonly content?: unknown; readonly special?: unknown }[]).flatMap(
    ({ content, special }) => (special === true && typeof content === 'string' && content !== '' ? [content] : []),
  );
}
