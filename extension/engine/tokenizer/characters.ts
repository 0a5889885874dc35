import { characterClasses } from './characterClasses';

export type CharacterClass = keyof typeof characterClasses;

const sources = new Map<CharacterClass, string>();

/** What stands between the brackets of a regular expression for a class of {@link characterClasses}. */
export function classSource(name: CharacterClass): string {
  let source = sources.get(name);
  if (source === undefined) {
    const numbers = characterClasses[name].split(' ').map((each) => Number.parseInt(each, 36));
    let [end, runs] = [0, ''];
    for (let i = 0; i < numbers.length; i += 2) {
      const start = end + numbers[i]!;
      end = start + numbers[i + 1]!;
      runs += end === start + 1 ? codePoint(start) : `${codePoint(start)}-${codePoint(end - 1)}`;
    }
    sources.set(name, (source = runs));
  }
  return source;
}

/** A character as a pattern with the flag u or v has it, whatever it means there. */
export function codePoint(point: number): string {
  return `\\u{${point.toString(16)}}`;
}

const expressions = new Map<CharacterClass, RegExp>();

/** All characters of a class. */
export function charactersOf(name: CharacterClass): RegExp {
  let expression = expressions.get(name);
  if (expression === undefined) expressions.set(name, (expression = new RegExp(`[${classSource(name)}]`, 'gu')));
  return expression;
}

const beyondAscii = /[^\0-\x7f]/u;

/** Whether a text has none but ASCII characters, which every version of Unicode means alike. */
export const isAscii = (text: string): boolean => !beyondAscii.test(text);

/**
 * The text as the engine of tokenizers' patterns (oniguruma, Unicode 16) sees it: characters that JavaScript may know and it does not are
 * replaced by as long ones that nobody knows, so that both put them in the same classes. Offsets stay.
 */
export function asOnigurumaKnowsIt(text: string): string {
  return isAscii(text)
    ? text
    : text.replace(charactersOf('unassigned'), (each) => (each.length === 1 ? '\uffff' : '\u{10ffff}'));
}

/** `\w` of Rust's regex crate (Unicode technical standard 18, annex C). */
export const wordCharacters = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';

type Form = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** A normal form (Unicode standard annex 15) by tokenizers' tables, which are those of Unicode 9. */
export function normalForm(text: string, form: Form): string {
  if (isAscii(text)) return text;
  const newer = charactersOf('inert');
  const ofKnown = (part: string): string =>
    // What was composed into a newer character is taken apart again.
    part.normalize(form).replace(newer, (each) => each.normalize(form === 'NFKC' || form === 'NFKD' ? 'NFKD' : 'NFD'));
  let [result, start] = ['', 0];
  for (const { index, 0: kept } of text.matchAll(newer)) {
    result += ofKnown(text.slice(start, index)) + kept;
    start = index + kept.length;
  }
  return result + ofKnown(text.slice(start));
}
