import type { GgufMetadata } from '../ggufMetadata';

/** How a text is cut before byte pairs are merged, in the parts of a tokenizer.json. */
export interface PreTokenizer {
  readonly steps: readonly Readonly<Record<string, unknown>>[];
  readonly normalizer?: Readonly<Record<string, unknown>>;
  /** Whether a piece that is a token as a whole is taken as it is, as tiktoken does. */
  readonly wholeFirst?: boolean;
  /** Whether a text gets the begin token where the file does not say. */
  readonly addsBegin?: boolean;
}

const byteLevel = (splits: boolean): Record<string, unknown> => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: splits,
});

/** One cut after the other, each within the pieces of those before; what a pattern matches and what lies between are pieces. */
const splits = (...patterns: readonly (readonly string[])[]): PreTokenizer => ({
  steps: [
    ...patterns.map((alternatives) => ({
      type: 'Split',
      pattern: { Regex: alternatives.join('|') },
      behavior: 'Isolated',
      invert: false,
    })),
    byteLevel(false),
  ],
});

/** Hexadecimal code points and ranges of them -> what stands in the brackets of a pattern. */
const characters = (codePoints: string): string =>
  codePoints.replace(/[0-9a-f]+/g, (each) => String.fromCodePoint(parseInt(each, 16))).replace(/\s+/g, '');

const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const before = '[^\\r\\n\\p{L}\\p{N}]?';
const word = `${before}\\p{L}+`;
const symbols = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*';
const lines = '\\s*[\\r\\n]+';
const spaces = [lines, '\\s+(?!\\S)', '\\s+'];
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const symbolsAndSlashes = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*';
const digit = ['\\p{N}'];
const upToThreeDigits = ['\\p{N}{1,3}'];
const chineseAndJapanese = '[一-龥぀-ゟ゠-ヿ]+';
const bloomWords = [' ?[^(\\s|.,!?…。，、।۔،)]+'];
const gpt2Words = ["'s|'t|'re|'ve|'m|'ll|'d", ' ?\\p{L}+', ' ?\\p{N}+', ' ?[^\\s\\p{L}\\p{N}]+', '\\s+(?!\\S)', '\\s+'];

/** The pattern of Llama 3, whose numbers are cut to so many digits. */
const llama3Words = (digits: string): string[] => [contraction, word, digits, symbols, ...spaces];
/** Words that begin where small letters go over to capitals (o200k, Tekken), with the contraction behind them where there is one. */
const casedWords = (digits: string, behind = ''): string[] => [
  `${before}${upper}*${lower}+${behind}`,
  `${before}${upper}+${lower}*${behind}`,
  digits,
  symbolsAndSlashes,
  ...spaces,
];
const deepseekV3Words = (afterSymbols: string, ends: readonly string[]): string[] => [
  '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+',
  '[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+',
  ` ?[\\p{P}\\p{S}]+${afterSymbols}`,
  ...ends,
];
/** Code points of the letters in scripts that have two cases, as the tokenizer of DeepSeek LLM lists them. */
const casedLetters = characters(
  `41-5a 61-7a b5 c0-d6 d8-f6 f8-1ba 1bc-1bf 1c4-293 295-2af 370-373 376-377 37b-37d 37f 386 388-38a 38c
   38e-3a1 3a3-3f5 3f7-481 48a-52f 531-556 10a0-10c5 13a0-13f5 13f8-13fd 1c90-1cba 1cbd-1cbf 1d00-1d2b
   1d6b-1d77 1d79-1d9a 1e00-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4
   1fb6-1fbc 1fbe 1fc2-1fc4 1fc6-1fcc 1fd0-1fd3 1fd6-1fdb 1fe0-1fec 1ff2-1ff4 1ff6-1ffc 2102 2107 210a-2113
   2115 2119-211d 2124 2126 2128 212a-212d 212f-2134 2139 213c-213f 2145-2149 214e 2183-2184 2c00-2c7b
   2c7e-2ce4 2ceb-2cee 2cf2-2cf3 a640-a66d a680-a69b a722-a76f a771-a787 a78b-a78e ab70-abbf fb00-fb06
   fb13-fb17 ff21-ff3a ff41-ff5a 10400-1044f 104b0-104d3 104d8-104fb 10c80-10cb2 10cc0-10cf2 118a0-118df
   1e900-1e943`,
);
const deepseekIdeographs = '[一-龥ࠀ-一가-퟿]+';

const composed = { normalizer: { type: 'NFC' } };
const gpt2: PreTokenizer = { steps: [byteLevel(true)] };
const singleDigits = splits(digit, gpt2Words);
const llama3 = splits(llama3Words('\\p{N}{1,3}'));
const qwen2 = splits(llama3Words('\\p{N}'));
const o200k = splits(casedWords('\\p{N}{1,3}', `${contraction}?`));
const deepseekV3 = splits(upToThreeDigits, [chineseAndJapanese], deepseekV3Words('[\\r\\n]*', spaces));
const bailing = splits(["'(?i:s|d|m|t|ll|ve|re)", word, ...digit, symbols, '\\s*[\\r\\n]', '\\s+(?!\\S)', '\\s+']);

/**
 * Pre-tokenizers by the names that tokenizer.ggml.pre has for them; names of one row mean the same (llama.cpp,
 * src/llama-vocab.cpp). Patterns and normalizers are those of the models' own tokenizer.json where llama.cpp imitates them.
 */
const table: readonly (readonly [names: string, PreTokenizer])[] = [
  ['gpt-2 phi-2 jina-es jina-de jina-v2-es jina-v2-de gigachat a.x-4.0 mellum modern-bert exaone4', gpt2],
  ['jais trillion granite-docling', gpt2],
  ['olmo mpt', { ...gpt2, ...composed }],
  ['smollm starcoder refact command-r codeshell exaone minerva-7b mellum2', singleDigits],
  [
    'llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano',
    { ...llama3, wholeFirst: true, addsBegin: true },
  ],
  ['dbrx smaug-bpe glm4 chatglm-bpe', llama3],
  ['qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2', { ...qwen2, ...composed }],
  [
    'qwen35',
    {
      ...splits([contraction, `${before}[\\p{L}\\p{M}]+`, ...digit, ' ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*', ...spaces]),
      ...composed,
    },
  ],
  ['ufakzeka', splits([word, ...digit, symbols, ...spaces])],
  ['laguna', splits(['[^\\n]+', '[\\n]+'], llama3Words('\\p{N}'))],
  ['seed-coder', splits([contraction, word, ...digit, ' ?[^\\s\\p{L}\\p{N}\\r\\n]+', ...spaces])],
  ['minicpm5', { ...splits(upToThreeDigits, llama3Words('\\p{N}+')), wholeFirst: true }],
  [
    'jais-2',
    splits([
      contraction,
      word,
      ...upToThreeDigits,
      symbols,
      lines,
      ...[512, 256, 128, 64, 32, 16, 8, 4].map((n) => `\\s{${n}}(?!\\S)`),
      '\\s{1,2}(?!\\S)',
      '\\s{1}',
    ]),
  ],
  ['bailingmoe bailingmoe2 llada-moe', bailing],
  [
    'exaone-moe',
    splits([
      contraction,
      `${before}(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+`,
      ...digit,
      ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?',
      '\\s*[\\r\\n]',
      '\\s+(?!\\S)',
      '\\s+',
    ]),
  ],
  ['tekken', { ...splits(casedWords('\\p{N}')), wholeFirst: true, addsBegin: true }],
  ['gpt-4o llama4 kanana2 talkie minimax-m2', o200k],
  ['granite-embed-multi-97m', { ...o200k, wholeFirst: true }],
  [
    'youtu',
    {
      ...splits(
        ['[가-힣ㄱ-ㆎ]+', '[！…“”‘’—：；，、-〿︰-﹏]+', '[ㄅ-ㄯ]+', chineseAndJapanese],
        casedWords('\\p{N}', `${contraction}?`),
      ),
      wholeFirst: true,
    },
  ],
  [
    'deepseek-llm',
    splits(
      ['[\\r\\n]'],
      [`\\s?[${casedLetters}]+`],
      ['\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+'],
      ['\\s+$'],
      [deepseekIdeographs],
      ['\\p{N}+'],
    ),
  ],
  ['deepseek-coder', splits(['[\\r\\n]'], ['\\s?\\p{L}+'], ['\\s?\\p{P}+'], [deepseekIdeographs], digit)],
  ['deepseek-v3 hunyuan-dense joyai-llm hy_v4', deepseekV3],
  [
    'spark2_5',
    splits(upToThreeDigits, [chineseAndJapanese], deepseekV3Words('', ['[\\r\\n]', '\\s+(?!\\S)', '\\s+']), digit),
  ],
  ['falcon', splits(['[\\p{P}$+<=>^~|`]+'], gpt2Words, ['[0-9][0-9][0-9]'])],
  ['default', splits(['[\\p{P}$+<=>^~|]+'], gpt2Words, ['\\p{N}+'], ['[0-9][0-9][0-9]'])],
  ['bloom poro-chat gpt3-finnish', splits(bloomWords)],
  ['viking', splits(bloomWords, digit)],
  [
    'chameleon',
    {
      ...splits(
        ['<sentinel:[0-9]+>'],
        ['IMGIMG[A-I]{1,4}Z'],
        ['[\\t\\n]|    |  '],
        digit,
        ['[\\p{P}!-/:-@\\[-`{-~]'],
        gpt2Words,
      ),
      addsBegin: true,
    },
  ],
];

/** Names that llama.cpp knows and that are not read, with the reason. */
const refused: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['gemma4', 'granite-embed-multi-311m', 'sarvam-moe', 'whitespace'].map((name) => [
      name,
      'merges characters instead of bytes, which is not read',
    ]),
  ),
  ...Object.fromEntries(
    ['jina-v1-en', 'jina-v2-code', 'roberta-bpe'].map((name) => [name, 'is that of an encoder, which is not read']),
  ),
  ...Object.fromEntries(
    ['kimi-k2', 'afmoe', 'tiny_aya', 'cohere2moe', 'superbpe'].map((name) => [
      name,
      'has a pattern that cannot be written for this tokenizer',
    ]),
  ),
};

const preTokenizers: ReadonlyMap<string, PreTokenizer> = new Map(
  table.flatMap(([names, preTokenizer]) => names.split(' ').map((name) => [name, preTokenizer] as const)),
);

/** Every name that is read. */
export const preTokenizerNames: readonly string[] = [...preTokenizers.keys()].sort();

/**
 * The pre-tokenizer that tokenizer.ggml.pre names.
 *
 * @throws ModelError for one that is not read, and where there is none: what the file's tokenizer is cannot be told then, but
 * for GPT-2's.
 */
export function namedPreTokenizer(metadata: GgufMetadata): PreTokenizer {
  const key = 'tokenizer.ggml.pre';
  // Files from before the key existed.
  const fallback = metadata.text('general.architecture') === 'gpt2' ? 'gpt-2' : undefined;
  if (fallback === undefined && !metadata.has(key))
    metadata.reject(
      key,
      ': nothing says how its tokenizer cuts a text. Fetch a file of the model that was converted later, or its safetensors',
    );
  const name = metadata.text(key, fallback);
  const found = preTokenizers.get(name);
  if (found !== undefined) return found;
  const reason = Object.hasOwn(refused, name) ? refused[name]! : 'is not known';
  metadata.reject(
    key,
    `: this way to cut a text ${reason}. Convert the model to safetensors instead, or use its original; names that are read: ${preTokenizerNames.join(', ')}`,
  );
}
