import { asOnigurumaKnowsIt } from './characters';
import type { Definition } from './definition';
import { fromOniguruma } from './pattern';

/** A part of a text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Finds all matches, from left to right, none over another. */
export type Finder = (text: string) => Iterable<Range>;

/** The field `pattern`: `{"String": ...}`, `{"Regex": ...}` or a text. @throws TokenizerError for another one. */
export function readPattern(definition: Definition): Finder {
  const plain = definition.field('pattern');
  if (typeof plain === 'string') return findText(plain);
  const pattern = definition.part('pattern');
  if (pattern?.has('String')) return findText(pattern.text('String'));
  if (!pattern?.has('Regex')) definition.reject('pattern', 'it must have "String" or "Regex"');
  return findPattern(pattern.text('Regex'));
}

/** `Replace`, normalizer or decoder: what `pattern` finds becomes `content`. */
export function readReplacement(definition: Definition): (text: string) => string {
  const find = readPattern(definition);
  const content = definition.text('content');
  return (text) => {
    let [result, kept] = ['', 0];
    for (const { start, end } of find(text)) {
      result += text.slice(kept, start) + content;
      kept = end;
    }
    return result + text.slice(kept);
  };
}

/** Matches of a pattern of oniguruma's. */
export function findPattern(source: string): Finder {
  const expression = fromOniguruma(source);
  return (text) => findAll(expression, asOnigurumaKnowsIt(text));
}

/** Matches of an expression with the flag g. */
export function* findAll(expression: RegExp, text: string): Iterable<Range> {
  for (const { index, 0: match } of text.matchAll(expression)) yield { start: index, end: index + match.length };
}

/** Occurrences of a text. */
export function findText(sought: string): Finder {
  return function* (text) {
    if (sought === '') return;
    for (let start = text.indexOf(sought); start >= 0; start = text.indexOf(sought, start + sought.length))
      yield { start, end: start + sought.length };
  };
}
