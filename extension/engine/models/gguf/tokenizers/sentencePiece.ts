import type { GgufMetadata } from '../ggufMetadata';
import type { TokenizerModel } from './tokenizerModel';
import type { Vocabulary } from './vocabulary';

const space = '\u2581';

/**
 * tokenizer.ggml.model "llama": SentencePiece's BPE with byte fallback (Kudo and Richardson 2018). It joins the two neighbours
 * that make the piece with the best score; a list of merges, the best score first, says the same.
 */
export function sentencePieceTokenizer(metadata: GgufMetadata, vocabulary: Vocabulary): TokenizerModel {
  const longest = longestRunOfSpaces(vocabulary);
  const tokens = vocabulary.tokens.map((token) => (isRun(token, longest) ? space.repeat(token.length) : token));
  const scores = metadata.numbers('tokenizer.ggml.scores');
  if (scores.length !== tokens.length)
    metadata.reject('tokenizer.ggml.scores', `, but there are ${tokens.length} tokens`);
  const prefixed = metadata.flag('tokenizer.ggml.add_space_prefix', true);
  const spaced = { type: 'Replace', pattern: { String: ' ' }, content: space };
  return {
    addsBegin: true,
    addsEnd: false,
    definition: {
      added_tokens: vocabulary.added.map((each) => ({ ...each, content: tokens[each.id] })),
      normalizer: prefixed ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: space }, spaced] } : spaced,
      pre_tokenizer: null,
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: space }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          ...(prefixed ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
        ],
      },
      model: {
        ...{ type: 'BPE', dropout: null, continuing_subword_prefix: null, end_of_word_suffix: null },
        unk_token: vocabulary.special('unknown')?.token ?? tokens[0],
        ...{ fuse_unk: true, byte_fallback: true, ignore_merges: false },
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: [...mergesOfSpaces(longest), ...mergesOfScores(vocabulary, scores)],
      },
    },
  };
}

const isRun = (token: string, longest: number): boolean => /^ {2,}$/.test(token) && token.length <= longest;

/**
 * Gemma has a token for each number of spaces up to 31, defined by the user. llama.cpp's converter writes them as spaces; in the
 * published tokenizer.json they are pieces that are put together of shorter ones. 1 where there is no such token of two.
 */
function longestRunOfSpaces({ tokens, added }: Vocabulary): number {
  const runs = new Set(added.filter(({ special }) => !special).map(({ content }) => content));
  let longest = 1;
  if (tokens.includes(space)) while (runs.has(' '.repeat(longest + 1))) longest++;
  return longest;
}

/** Before all others, the longest first part first, of each the longest second part first. */
function mergesOfSpaces(longest: number): (readonly [string, string])[] {
  const lengths = Array.from({ length: longest }, (_, i) => longest - i);
  return lengths.flatMap((first) =>
    lengths
      .filter((second) => first + second <= longest)
      .map((second) => [space.repeat(first), space.repeat(second)] as const),
  );
}

/** Every way to make a piece of two others, the best piece first; of one piece, the shorter beginning first. */
function mergesOfScores({ tokens, isPlain }: Vocabulary, scores: readonly number[]): (readonly [string, string])[] {
  const plain = new Set(tokens.filter((_, id) => isPlain(id)));
  const byScore = [...tokens.keys()].filter(isPlain).sort((a, b) => scores[b]! - scores[a]!);
  return byScore.flatMap((id) => {
    const characters = Array.from(tokens[id]!);
    const ways = characters.slice(1).map((_, i) => {
      const cut = characters.slice(0, i + 1).join('').length;
      return [tokens[id]!.slice(0, cut), tokens[id]!.slice(cut)] as const;
    });
    return ways.filter((parts) => parts.every((part) => plain.has(part)));
  });
}
