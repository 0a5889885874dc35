import type { GgufMetadata } from '../ggufMetadata';
import { namedPreTokenizer } from './preTokenizers';
import type { TokenizerModel } from './tokenizerModel';
import type { Vocabulary } from './vocabulary';

/**
 * tokenizer.ggml.model "gpt2": byte-level BPE with merges (Radford et al. 2019, section 2.2).
 *
 * @throws ModelError for a pre-tokenizer that is not in the table.
 */
export function byteLevelTokenizer(metadata: GgufMetadata, { tokens }: Vocabulary): TokenizerModel {
  const { steps, normalizer, wholeFirst = false, addsBegin = false } = namedPreTokenizer(metadata);
  const { merges, notes } = usableMerges(metadata, new Set(tokens));
  return {
    addsBegin,
    addsEnd: false,
    notes,
    definition: {
      normalizer: normalizer ?? null,
      pre_tokenizer: { type: 'Sequence', pretokenizers: steps },
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        ...{ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
        ...{ fuse_unk: false, byte_fallback: false, ignore_merges: wholeFirst },
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges,
      },
    },
  };
}

/**
 * The merges of the file, without those that join what are no tokens, or to what is none: no token comes of them, and tokenizers
 * would refuse the whole list. The note says how many they are.
 */
function usableMerges(
  metadata: GgufMetadata,
  known: ReadonlySet<string>,
): { readonly merges: readonly (readonly [string, string])[]; readonly notes: readonly string[] } {
  const key = 'tokenizer.ggml.merges';
  const pairs = metadata.texts(key).map((merge, i) => {
    // A token may itself begin with a space only in other tokenizers: here the first space parts the two.
    const space = merge.indexOf(' ', 1);
    if (space < 0) metadata.reject(key, ` whose number ${i}, ${JSON.stringify(merge)}, is not two tokens`);
    return [merge.slice(0, space), merge.slice(space + 1)] as const;
  });
  const makesToken = ([first, second]: readonly [string, string]): boolean =>
    known.has(first) && known.has(second) && known.has(first + second);
  const wrong = pairs.filter((pair) => !makesToken(pair));
  if (wrong.length === 0) return { merges: pairs, notes: [] };
  const note =
    `${metadata.file}: ${wrong.length} of ${pairs.length} merges of its tokenizer make no token and are left out, the first of them ` +
    `${JSON.stringify(wrong[0]!.join(' '))}. The file was changed after it was converted: texts may be cut otherwise than the model knows them.`;
  return { merges: pairs.filter(makesToken), notes: [note] };
}
