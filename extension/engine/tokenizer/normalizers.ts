import { spellBytes } from './byteLevel';
import { charactersOf, normalForm } from './characters';
import type { Definition } from './definition';
import { PrecompiledMap } from './precompiledMap';
import { readReplacement } from './stringPattern';

/** The stage `normalizer` of a tokenizer.json. */
export type Normalizer = (text: string) => string;

/** Every normalizer there is, by its type in tokenizer.json. */
const normalizers: Readonly<Record<string, (definition: Definition) => Normalizer>> = {
  BertNormalizer: bertNormalizer,
  ByteLevel: () => spellBytes,
  Lowercase: () => lowerCase,
  NFC: () => (text) => normalForm(text, 'NFC'),
  NFD: () => (text) => normalForm(text, 'NFD'),
  NFKC: () => (text) => normalForm(text, 'NFKC'),
  NFKD: () => (text) => normalForm(text, 'NFKD'),
  Nmt: () => nmt,
  Precompiled: (definition) => {
    if (definition.field('precompiled_charsmap') === '') return (text) => text;
    const map = new PrecompiledMap(definition);
    return (text) => map.normalize(text);
  },
  Prepend: (definition) => {
    const prefix = definition.text('prepend');
    return (text) => (text === '' ? '' : prefix + text);
  },
  Replace: readReplacement,
  Sequence: (definition) => {
    const steps = definition.parts('normalizers').map(readNormalizer);
    return (text) => steps.reduce((result, step) => step(result), text);
  },
  Strip: (definition) => {
    const left = definition.flag('strip_left') ? /^\p{White_Space}+/u : /^(?!)/;
    const right = definition.flag('strip_right') ? trimEnd : (text: string): string => text;
    return (text) => right(text.replace(left, ''));
  },
  StripAccents: () => (text) => text.replace(charactersOf('marks'), ''),
};

/** @throws TokenizerError for a type that is not in the table, and for fields that cannot be used. */
export function readNormalizer(definition: Definition): Normalizer {
  return definition.row(normalizers)(definition);
}

/** White space of Rust's `char::is_whitespace`, which JavaScript's `trimEnd` does not mean. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /\p{White_Space}/u.test(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}

/** Character by character: a sigma at the end of a word is one like any other. */
function lowerCase(text: string): string {
  return text.replaceAll('\u03a3', '\u03c3').toLowerCase();
}

/** SentencePiece's `nmt` rules: most controls are removed; white space, and what is invisible, becomes a space. */
function nmt(text: string): string {
  return text.replace(/[\p{Cc}\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/gu, (character) => {
    const point = character.charCodeAt(0);
    if (point > 0x9f || '\t\n\f\r'.includes(character)) return ' ';
    const stays = point === 0 || (point >= 0x80 && point !== 0x8f && point !== 0x9f);
    return stays ? character : '';
  });
}

function bertNormalizer(definition: Definition): Normalizer {
  const steps: Normalizer[] = [];
  const lowers = definition.flag('lowercase', true);
  if (definition.flag('clean_text', true))
    steps.push((text) => text.replace(charactersOf('controls'), '').replace(/\p{White_Space}/gu, ' '));
  if (definition.flag('handle_chinese_chars', true))
    steps.push((text) => text.replace(charactersOf('ideographs'), ' $& '));
  if (definition.flag('strip_accents', lowers))
    steps.push((text) => normalForm(text, 'NFD').replace(charactersOf('nonspacingMarks'), ''));
  if (lowers) steps.push(lowerCase);
  return (text) => steps.reduce((result, step) => step(result), text);
}
