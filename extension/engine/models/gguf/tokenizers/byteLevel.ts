import type { GgufMetadata } from '../ggufMetadata';
import type { TokenizerModel } from './tokenizerModel';
import type { Vocabulary } from './vocabulary';

/** How a text is cut before byte pairs are merged, as the model's own tokenizer.json has it. */
interface PreTokenizer {
  readonly steps: readonly Record<string, unknown>[];
  readonly normalizer?: Record<string, unknown>;
  /** Whether a piece that is a token as a whole is taken as it is, as tiktoken does. */
  readonly wholeFirst?: boolean;
  readonly addsBegin?: boolean;
}

const byteLevel = (splits: boolean): Record<string, unknown> => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: splits,
});
const split = (pattern: string): Record<string, unknown> => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Isolated',
  invert: false,
});

const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const word = '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+';
const symbols = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*';
const spaces = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const before = '[^\\r\\n\\p{L}\\p{N}]?';

const composed = { type: 'NFC' };
const gpt2: PreTokenizer = { steps: [byteLevel(true)] };
const gptNeoX: PreTokenizer = { ...gpt2, normalizer: composed };
const llama3: PreTokenizer = {
  steps: [split([contraction, word, '\\p{N}{1,3}', symbols, spaces].join('|')), byteLevel(false)],
  wholeFirst: true,
  addsBegin: true,
};

/** Every pre-tokenizer there is, by its name in tokenizer.ggml.pre. */
const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': gpt2,
  olmo: gptNeoX,
  mpt: gptNeoX,
  smollm: { steps: [{ type: 'Digits', individual_digits: true }, byteLevel(true)] },
  'llama-bpe': llama3,
  llama3,
  'llama-v3': llama3,
  qwen2: {
    steps: [split([contraction, word, '\\p{N}', symbols, spaces].join('|')), byteLevel(false)],
    normalizer: composed,
  },
  tekken: {
    steps: [
      split(
        [
          `${before}${upper}*${lower}+`,
          `${before}${upper}+${lower}*`,
          '\\p{N}',
          ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
          spaces,
        ].join('|'),
      ),
      byteLevel(false),
    ],
    wholeFirst: true,
    addsBegin: true,
  },
};

/**
 * tokenizer.ggml.model "gpt2": byte-level BPE with merges (Radford et al. 2019, section 2.2).
 *
 * @throws ModelError for a pre-tokenizer that is not in the table.
 */
export function byteLevelTokenizer(metadata: GgufMetadata, { tokens }: Vocabulary): TokenizerModel {
  const key = 'tokenizer.ggml.pre';
  // Files from before the key existed; of their tokenizers only GPT-2's can be told.
  const fallback = metadata.text('general.architecture') === 'gpt2' ? 'gpt-2' : undefined;
  const name = metadata.text(key, fallback);
  if (!Object.hasOwn(preTokenizers, name))
    metadata.reject(key, `, which is not supported; supported: ${Object.keys(preTokenizers).join(', ')}`);
  const { steps, normalizer, wholeFirst = false, addsBegin = false } = preTokenizers[name]!;
  const merges = usableMerges(metadata, new Set(tokens));
  return {
    addsBegin,
    addsEnd: false,
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
 * The merges of the file, without those that join what are no tokens, or to what is none: no token comes of them. llama.cpp
 * reads over them too, and tokenizers would refuse the whole list.
 */
function usableMerges(metadata: GgufMetadata, known: ReadonlySet<string>): (readonly [string, string])[] {
  const key = 'tokenizer.ggml.merges';
  const pairs = metadata.texts(key).map((merge, i) => {
    // A token may itself begin with a space only in other tokenizers: here the first space parts the two.
    const space = merge.indexOf(' ', 1);
    if (space < 0) metadata.reject(key, ` whose number ${i}, ${JSON.stringify(merge)}, is not two tokens`);
    return [merge.slice(0, space), merge.slice(space + 1)] as const;
  });
  return pairs.filter(([first, second]) => known.has(first) && known.has(second) && known.has(first + second));
}
