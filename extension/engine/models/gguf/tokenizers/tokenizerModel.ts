/** What the kinds of tokenizer differ in. */
export interface TokenizerModel {
  /** normalizer, pre_tokenizer, decoder and model of tokenizer.json. */
  readonly definition: Readonly<Record<'normalizer' | 'pre_tokenizer' | 'decoder' | 'model', unknown>>;
  /** Whether a text gets a begin or an end token where the file does not say. */
  readonly addsBegin: boolean;
  readonly addsEnd: boolean;
}
