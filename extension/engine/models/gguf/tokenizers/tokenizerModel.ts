/** What the kinds of tokenizer differ in. */
export interface TokenizerModel {
  /** normalizer, pre_tokenizer, decoder and model of tokenizer.json, and added_tokens where they are not the vocabulary's. */
  readonly definition: Readonly<
    Record<'normalizer' | 'pre_tokenizer' | 'decoder' | 'model', unknown> & { added_tokens?: unknown }
  >;
  /** Whether a text gets a begin or an end token where the file does not say. */
  readonly addsBegin: boolean;
  readonly addsEnd: boolean;
  /** What a person should know of how it was read; default: nothing. */
  readonly notes?: readonly string[];
}
