import { spellBytes } from './byteLevel';
import { asOnigurumaKnowsIt, classSource, wordCharacters } from './characters';
import type { Definition } from './definition';
import { readMetaspace } from './metaspace';
import { fromOniguruma } from './pattern';
import { behaviors, cutEach, type Pieces, splitAt } from './pieces';
import { findAll, type Finder, findText, readPattern } from './stringPattern';

/** The stage `pre_tokenizer` of a tokenizer.json. */
export type PreTokenizer = (pieces: Pieces) => Pieces;

const whiteSpace: Finder = (text) => findAll(/\p{White_Space}/gu, text);
const number: Finder = (text) => findAll(/\p{N}/gu, text);
const punctuation: Finder = (text) => findAll(punctuationMark(), text);
let punctuationExpression: RegExp | undefined;
const punctuationMark = (): RegExp => (punctuationExpression ??= new RegExp(`[${classSource('punctuation')}]`, 'gu'));
const wordOrSymbols = new RegExp(`[${wordCharacters}]+|[^${wordCharacters}\\p{White_Space}]+`, 'gu');

/** GPT-2's own cut of a text. */
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** Every pre-tokenizer there is, by its type in tokenizer.json. */
const preTokenizers: Readonly<Record<string, (definition: Definition) => PreTokenizer>> = {
  BertPreTokenizer: () => (pieces) => splitAt(splitAt(pieces, whiteSpace, 'removed'), punctuation, 'isolated'),
  ByteLevel: (definition) => {
    const prefix = definition.flag('add_prefix_space', true) ? ' ' : '';
    const expression = definition.flag('use_regex', true) ? fromOniguruma(gpt2) : undefined;
    return (pieces) =>
      cutEach(pieces, (text, atStart) => {
        const whole = text.startsWith(prefix) ? text : prefix + text;
        const texts = expression === undefined ? [whole] : matches(expression, whole);
        return { texts: texts.map(spellBytes), atStart };
      });
  },
  CharDelimiterSplit: (definition) => {
    const find = findText(definition.text('delimiter'));
    return (pieces) => splitAt(pieces, find, 'removed');
  },
  Digits: (definition) => {
    const behavior = definition.flag('individual_digits') ? 'isolated' : 'contiguous';
    return (pieces) => splitAt(pieces, number, behavior);
  },
  FixedLength: (definition) => {
    const length = definition.count('length', 5);
    if (length === 0) definition.reject('length', 'it must be above 0');
    return (pieces) =>
      cutEach(pieces, (text, atStart) => {
        const characters = Array.from(text);
        const count = Math.ceil(characters.length / length);
        return {
          texts: Array.from({ length: count }, (_, i) => characters.slice(i * length, (i + 1) * length).join('')),
          atStart,
        };
      });
  },
  Metaspace: (definition) => {
    const { spaced, splits, replacement } = readMetaspace(definition);
    return (pieces) =>
      cutEach(pieces, (text, atStart) => {
        const whole = spaced(text, atStart);
        return { texts: splits ? cutBefore(whole, replacement) : [whole], atStart };
      });
  },
  Punctuation: (definition) => {
    const behavior = definition.oneOf('behavior', behaviors, 'isolated');
    return (pieces) => splitAt(pieces, punctuation, behavior);
  },
  Sequence: (definition) => {
    const steps = definition.parts('pretokenizers').map(readPreTokenizer);
    return (pieces) => steps.reduce((result, step) => step(result), pieces);
  },
  Split: (definition) => {
    const find = readPattern(definition);
    const behavior = definition.oneOf('behavior', behaviors);
    const inverted = definition.flag('invert', false);
    const source = definition.part('pattern')?.field('Regex');
    // All that most patterns leave is nothing, and then matches are the pieces.
    if (typeof source === 'string' && !inverted && behavior === 'isolated') {
      const expression = fromOniguruma(source);
      return (pieces) => cutEach(pieces, (text, atStart) => ({ texts: matches(expression, text), atStart }));
    }
    return (pieces) => splitAt(pieces, find, behavior, inverted);
  },
  Whitespace: () => (pieces) =>
    splitAt(pieces, (text) => findAll(wordOrSymbols, asOnigurumaKnowsIt(text)), 'removed', true),
  WhitespaceSplit: () => (pieces) => splitAt(pieces, whiteSpace, 'removed'),
};

/** @throws TokenizerError for a type that is not in the table, and for fields that cannot be used. */
export function readPreTokenizer(definition: Definition): PreTokenizer {
  return definition.row(preTokenizers)(definition);
}

/** A text cut into matches and what lies between them. */
function matches(expression: RegExp, text: string): readonly string[] {
  const seen = asOnigurumaKnowsIt(text);
  const found = seen.match(expression) ?? [];
  let covered = 0;
  for (const each of found) covered += each.length;
  if (seen === text && covered === text.length) return found;
  const texts: string[] = [];
  let last = 0;
  for (const { start, end } of findAll(expression, seen)) {
    texts.push(text.slice(last, start), text.slice(start, end));
    last = end;
  }
  return [...texts, text.slice(last)];
}

function cutBefore(text: string, mark: string): string[] {
  const texts: string[] = [];
  let start = 0;
  for (let at = text.indexOf(mark, 1); at > 0; at = text.indexOf(mark, at + mark.length)) {
    texts.push(text.slice(start, at));
    start = at;
  }
  return [...texts, text.slice(start)];
}
