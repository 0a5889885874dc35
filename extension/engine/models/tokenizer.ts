import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TextTokenizer } from '../tokenizer/textTokenizer';
import { readJsonObject } from './configuration';
import { ModelError } from './modelError';

/** Text to token ids and back, as the model's own `tokenizer.json` has it. */
export class Tokenizer {
  private constructor(private readonly tokenizer: TextTokenizer) {}

  /** @throws ModelError where `tokenizer.json` is missing or cannot be used. */
  static async read(folder: string): Promise<Tokenizer> {
    const file = join(folder, 'tokenizer.json');
    if (!existsSync(file) && existsSync(join(folder, 'tokenizer.model')))
      throw new ModelError(
        `${file}: missing. The folder has tokenizer.model, which is not read: save the tokenizer again with transformers, ` +
          'which then writes tokenizer.json.',
      );
    const definition = await readJsonObject(file);
    try {
      return new Tokenizer(new TextTokenizer(definition));
    } catch (error) {
      throw new ModelError(`${file}: cannot be used as a tokenizer: ${(error as Error).message}.`);
    }
  }

  /** With the special tokens that the tokenizer adds, none where it adds none. */
  encode(text: string): number[] {
    return this.tokenizer.encode(text, true);
  }

  /** Ids of the special tokens that {@link encode} puts behind a text. */
  get tokensBehind(): readonly number[] {
    return this.tokenizer.tokensBehind;
  }

  /** Texts of special tokens: where a text holds one, it becomes that token. */
  get specialTexts(): readonly string[] {
    return this.tokenizer.specialTexts;
  }

  /** Without any special token that the text does not hold itself. */
  encodeWords(text: string): number[] {
    return this.tokenizer.encode(text, false);
  }

  /**
   * Without any special token, as the text is written after another text and one space. Tokenizers differ in whether
   * that space is part of the text (byte-level ones) or put in front by the tokenizer itself (SentencePiece).
   */
  encodeContinuation(text: string): number[] {
    const bare = text.trimStart();
    const ids = this.encodeWords(bare);
    const first = ids[0] === undefined ? undefined : this.tokenizer.tokenOf(ids[0]);
    return first === undefined || /^[\u2581\u0120]/u.test(first) ? ids : this.encodeWords(` ${bare}`);
  }

  /** Special tokens are shown, and spaces stay as they are. */
  decode(ids: readonly number[]): string {
    return this.tokenizer.decode(ids);
  }
}
