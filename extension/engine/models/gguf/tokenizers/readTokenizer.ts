import type { GgufMetadata } from '../ggufMetadata';
import { byteLevelTokenizer } from './byteLevel';
import { sentencePieceTokenizer } from './sentencePiece';
import type { TokenizerModel } from './tokenizerModel';
import { unigramTokenizer } from './unigram';
import { readVocabulary, type Vocabulary } from './vocabulary';

/** Every kind of tokenizer there is, by its name in tokenizer.ggml.model. */
const tokenizers: Readonly<Record<string, (metadata: GgufMetadata, vocabulary: Vocabulary) => TokenizerModel>> = {
  gpt2: byteLevelTokenizer,
  llama: sentencePieceTokenizer,
  t5: unigramTokenizer,
};

/** The tokenizer of a GGUF file in the layout of Hugging Face. */
export interface TokenizerFiles {
  /** tokenizer.json. */
  readonly definition: Readonly<Record<string, unknown>>;
  /** tokenizer_config.json. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** bos_token_id, eos_token_id and pad_token_id of config.json, those that there are. */
  readonly ids: Readonly<Record<string, number>>;
  /** What a person should know of how it was read. */
  readonly notes: readonly string[];
}

/**
 * @param size rows of the embedding matrix.
 * @throws ModelError for a kind that is not in the table, or tokens that cannot be used.
 */
export function readTokenizer(metadata: GgufMetadata, size: number): TokenizerFiles {
  const kind = metadata.text('tokenizer.ggml.model');
  if (!Object.hasOwn(tokenizers, kind))
    metadata.reject(
      'tokenizer.ggml.model',
      `, which is not supported; supported: ${Object.keys(tokenizers).join(', ')}`,
    );
  const vocabulary = readVocabulary(metadata, size);
  const { definition, addsBegin, addsEnd, notes = [] } = tokenizers[kind]!(metadata, vocabulary);
  const [begin, end, unknown, padding] = (['bos', 'eos', 'unknown', 'padding'] as const).map(vocabulary.special);
  const first = metadata.flag('tokenizer.ggml.add_bos_token', addsBegin) ? begin : undefined;
  const last = metadata.flag('tokenizer.ggml.add_eos_token', addsEnd) ? end : undefined;
  return {
    definition: {
      ...{ version: '1.0', truncation: null, padding: null },
      added_tokens: vocabulary.added,
      ...definition,
      post_processor: around(first, last),
    },
    settings: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
      ...(begin && { bos_token: begin.token }),
      ...(end && { eos_token: end.token }),
      ...(unknown && { unk_token: unknown.token }),
      ...(padding && { pad_token: padding.token }),
    },
    notes,
    ids: {
      ...(begin && { bos_token_id: begin.id }),
      ...(end && { eos_token_id: end.id }),
      ...(padding && { pad_token_id: padding.id }),
    },
  };
}

type Special = { readonly id: number; readonly token: string };

/** The post-processor that puts a begin and an end token around a text; null where it adds neither. */
function around(first: Special | undefined, last: Special | undefined): Record<string, unknown> | null {
  const present = [first, last].filter((each) => each !== undefined);
  if (present.length === 0) return null;
  const token = (special: Special | undefined): Record<string, unknown>[] =>
    special === undefined ? [] : [{ SpecialToken: { id: special.token, type_id: 0 } }];
  const text = (id: 'A' | 'B', type: number): Record<string, unknown> => ({ Sequence: { id, type_id: type } });
  return {
    type: 'TemplateProcessing',
    single: [...token(first), text('A', 0), ...token(last)],
    pair: [...token(first), text('A', 0), ...token(last), ...token(first), text('B', 1), ...token(last)],
    special_tokens: Object.fromEntries(
      present.map(({ id, token }) => [token, { id: token, ids: [id], tokens: [token] }]),
    ),
  };
}
