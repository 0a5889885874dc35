import type { Vocabulary } from './vocabulary';

/** The stage `model` of a tokenizer.json: what makes tokens of a piece of text. */
export interface TokenModel {
  readonly vocabulary: Vocabulary;
  /** @param piece not empty. @throws TokenizerError where the model has no token for a character, and none for unknown ones. */
  encode(piece: string): readonly number[];
}
