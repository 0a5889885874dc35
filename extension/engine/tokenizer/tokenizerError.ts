/** A tokenizer.json that cannot be used; the message names the field and the reason. */
export class TokenizerError extends Error {
  override name = 'TokenizerError';
}
