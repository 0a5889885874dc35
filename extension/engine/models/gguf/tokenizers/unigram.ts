import type { GgufMetadata } from '../ggufMetadata';
import type { TokenizerModel } from './tokenizerModel';
import type { Vocabulary } from './vocabulary';

/** tokenizer.ggml.model "t5": SentencePiece's unigram model (Kudo 2018): the likeliest cut, each piece with its log probability. */
export function unigramTokenizer(metadata: GgufMetadata, vocabulary: Vocabulary): TokenizerModel {
  const { tokens } = vocabulary;
  const scores = metadata.numbers('tokenizer.ggml.scores');
  if (scores.length !== tokens.length)
    metadata.reject('tokenizer.ggml.scores', `, but there are ${tokens.length} tokens`);
  const charsMap = metadata.has('tokenizer.ggml.precompiled_charsmap')
    ? Buffer.from(metadata.numbers('tokenizer.ggml.precompiled_charsmap')).toString('base64')
    : '';
  const normalizers = [
    ...(charsMap === '' ? [] : [{ type: 'Precompiled', precompiled_charsmap: charsMap }]),
    ...(metadata.flag('tokenizer.ggml.remove_extra_whitespaces', true)
      ? [
          { type: 'Strip', strip_left: true, strip_right: true },
          { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
        ]
      : []),
  ];
  const words = {
    type: 'Metaspace',
    replacement: '\u2581',
    prepend_scheme: metadata.flag('tokenizer.ggml.add_space_prefix', true) ? 'always' : 'never',
    split: true,
  };
  return {
    addsBegin: false,
    addsEnd: true,
    definition: {
      normalizer: normalizers.length === 0 ? null : { type: 'Sequence', normalizers },
      pre_tokenizer: words,
      decoder: words,
      model: {
        type: 'Unigram',
        unk_id: vocabulary.special('unknown')?.id ?? 2,
        vocab: tokens.map((token, id) => [token, scores[id]]),
        byte_fallback: false,
      },
    },
  };
}
