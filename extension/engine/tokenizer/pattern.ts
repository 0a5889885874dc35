import { codePoint } from './characters';
import { TokenizerError } from './tokenizerError';

/** oniguruma's classes: JavaScript's own mean other characters (`\s` has U+FEFF and not U+0085, `\d` and `\w` are ASCII). */
const wordsInClass = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}';
const hexadecimal = '0-9A-Fa-f';
const shorthand: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  s: '\\p{White_Space}',
  w: wordsInClass,
  h: hexadecimal,
};
/** Outside of brackets `\w` has these too, which is oniguruma's own doing. */
const moreWords = '\\u{b2}\\u{b3}\\u{b9}\\u{bc}-\\u{be}';
const wordOutside = `[${wordsInClass}${moreWords}]`;
const boundary = `(?:(?<!${wordOutside})(?=${wordOutside})|(?<=${wordOutside})(?!${wordOutside}))`;
const noBoundary = `(?:(?<!${wordOutside})(?!${wordOutside})|(?<=${wordOutside})(?=${wordOutside}))`;
const anchors: Readonly<Record<string, string>> = {
  A: '(?<![^])',
  z: '(?![^])',
  Z: '(?=\\n?(?![^]))',
  b: boundary,
  B: noBoundary,
};
const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, e: 27 };
const posix: Readonly<Record<string, string>> = {
  alpha: '\\p{Alphabetic}',
  alnum: '\\p{Alphabetic}\\p{Nd}',
  digit: '\\p{Nd}',
  lower: '\\p{Lowercase}',
  upper: '\\p{Uppercase}',
  space: '\\p{White_Space}',
  blank: '\\t\\p{Zs}',
  punct: '\\p{P}\\p{S}',
  cntrl: '\\p{Cc}',
  xdigit: hexadecimal,
  word: wordsInClass,
};
/** Letters that differ from an ASCII letter by case only, besides the other ASCII one. */
const otherCases: Readonly<Record<string, string>> = { k: '\u212a', s: '\u017f' };
/** Pairs of letters that oniguruma, ignoring case, also finds as one character. */
const foldedPairs = ['ss', 'st', 'ff', 'fi', 'fl'];

/**
 * A pattern of tokenizer.json, which is oniguruma's (its syntax of the same name, Unicode 16), as a regular expression of JavaScript's that
 * finds the same in a text of `asOnigurumaKnowsIt`. The one place where patterns of tokenizers become expressions.
 *
 * @param flags besides `v`.
 * @throws TokenizerError naming what in the pattern has no exact counterpart.
 */
export function fromOniguruma(pattern: string, flags = 'g'): RegExp {
  const source = new PatternReader(pattern).read();
  try {
    return new RegExp(source, `${flags}v`);
  } catch (error) {
    throw new TokenizerError(`the pattern ${JSON.stringify(pattern)} cannot be used (${(error as Error).message})`);
  }
}

class PatternReader {
  private at = 0;
  private atomics = 0;
  /** The letter in front, while case is ignored. */
  private letterBefore = '';

  constructor(private readonly pattern: string) {}

  read(): string {
    const source = this.alternatives(false);
    if (this.at < this.pattern.length) this.refuse('")" without "("');
    return source;
  }

  private alternatives(ignoreCase: boolean): string {
    const all = [''];
    while (this.at < this.pattern.length && this.peek() !== ')') {
      if (this.take('|')) {
        this.letterBefore = '';
        all.push('');
      } else if (this.take('(?i)')) {
        // Holds for the rest of the group, what follows a "|" included.
        all.push(`${all.pop() ?? ''}(?:${this.alternatives(true)})`);
      } else all.push((all.pop() ?? '') + this.quantified(this.atom(ignoreCase)));
    }
    return all.join('|');
  }

  private quantified(atom: string): string {
    let result = atom;
    for (;;) {
      const interval = /^\{(\d*)(?:(,)(\d*))?\}/.exec(this.pattern.slice(this.at));
      const isInterval = interval !== null && interval[0] !== '{}' && interval[0] !== '{,}';
      const quantifier = isInterval ? interval[0] : /^[*+?]/.exec(this.pattern.slice(this.at))?.[0];
      if (quantifier === undefined) return result;
      this.at += quantifier.length;
      const [least = '', comma = '', most = ''] = isInterval ? interval.slice(1) : [];
      const counts = isInterval ? `{${least || '0'}${comma}${most}}` : quantifier;
      const repeated = `(?:${result})${counts}`;
      if (this.take('?')) result = `(?:${repeated}?)`;
      // Possessive; behind an interval, "+" repeats the interval.
      else if (!isInterval && this.take('+')) result = this.atomic(repeated);
      else result = result === atom && isSingle(atom) ? `${atom}${counts}` : `(?:${repeated})`;
      this.letterBefore = '';
    }
  }

  /** What was found stays found: a lookahead is not entered again, and its group is then read. */
  private atomic(source: string): string {
    const name = `atomic${(this.atomics += 1)}`;
    return `(?:(?=(?<${name}>${source}))\\k<${name}>)`;
  }

  private atom(ignoreCase: boolean): string {
    const character = this.next();
    if (character === '(') return this.group(ignoreCase);
    if (character === '[') {
      if (ignoreCase) this.refuse('"[" while case is ignored');
      return this.bracket();
    }
    if (character === '.') return '[^\\n]';
    if (character === '^') return '(?:(?<![^])|(?<=\\n)(?=[^]))';
    if (character === '$') return '(?![^\\n])';
    if (character !== '\\') return this.literal(character, ignoreCase);
    const escaped = this.next();
    if (Object.hasOwn(anchors, escaped)) return anchors[escaped]!;
    if (escaped === 'w') return wordOutside;
    if (escaped === 'W') return `[^${wordsInClass}${moreWords}]`;
    const set = this.setOf(escaped);
    if (set !== undefined) {
      if (ignoreCase && /[pP]/.test(escaped)) this.refuse(`"\\${escaped}" while case is ignored`);
      return set;
    }
    return this.literal(String.fromCodePoint(this.pointOf(escaped)), ignoreCase);
  }

  private group(ignoreCase: boolean): string {
    this.letterBefore = '';
    const opening = /^\?(?:<?[=!]|[:>]|#[^)]*|i:|-i:|<[A-Za-z_]\w*>)/.exec(this.pattern.slice(this.at))?.[0] ?? '';
    if (opening === '' && this.peek() === '?') this.refuse(`"(${this.pattern.slice(this.at, this.at + 4)}"`);
    this.at += opening.length;
    const inside = opening.startsWith('?#')
      ? ''
      : this.alternatives(opening === '?i:' || (opening !== '?-i:' && ignoreCase));
    if (!this.take(')')) this.refuse('"(" without ")"');
    this.letterBefore = '';
    if (opening === '?>') return this.atomic(inside);
    return /^\?<?[=!]$/.test(opening) ? `(${opening}${inside})` : `(?:${inside})`;
  }

  private literal(character: string, ignoreCase: boolean): string {
    const point = character.codePointAt(0)!;
    if (!ignoreCase) return codePoint(point);
    if (point > 0x7f) this.refuse(`${JSON.stringify(character)} while case is ignored`);
    const lower = character.toLowerCase();
    const pair = this.letterBefore + lower;
    if (foldedPairs.includes(pair)) this.refuse(`"${pair}" while case is ignored`);
    this.letterBefore = lower;
    const cases = new Set([lower, character.toUpperCase(), otherCases[lower] ?? lower]);
    const points = [...cases].map((each) => codePoint(each.codePointAt(0)!));
    return points.length === 1 ? points[0]! : `[${points.join('')}]`;
  }

  /** A class in brackets; `[` has been read. Classes in classes and `&&` are what they are in JavaScript with the flag v. */
  private bracket(): string {
    const negated = this.take('^') ? '^' : '';
    const operands = [''];
    let first = true;
    for (;;) {
      if (this.at >= this.pattern.length) this.refuse('"[" without "]"');
      if (!first && this.take(']')) break;
      if (this.take('&&')) operands.push('');
      else operands.push((operands.pop() ?? '') + this.member());
      first = false;
    }
    if (operands.includes('')) this.refuse('"&&" without a class on each side');
    const [one] = operands;
    return operands.length === 1
      ? `[${negated}${one!}]`
      : `[${negated}${operands.map((each) => `[${each}]`).join('&&')}]`;
  }

  private member(): string {
    const named = /^\[:(\^?)([a-z]+):\]/.exec(this.pattern.slice(this.at));
    if (named !== null) {
      const [whole, negated, name] = named;
      if (!Object.hasOwn(posix, name!)) this.refuse(`"${whole}"`);
      this.at += whole.length;
      return `[${negated!}${posix[name!]!}]`;
    }
    const start = this.next();
    if (start === '[') return this.bracket();
    const from = start === '\\' ? this.memberEscape() : start.codePointAt(0)!;
    if (typeof from === 'string') {
      if (/^-[^\]]/.test(this.pattern.slice(this.at))) this.refuse('a range from a class');
      return from;
    }
    if (!/^-[^\]]/.test(this.pattern.slice(this.at))) return codePoint(from);
    this.at += 1;
    const end = this.next();
    if (end === '[') this.refuse('a range to a class');
    const to = end === '\\' ? this.memberEscape() : end.codePointAt(0)!;
    if (typeof to === 'string') this.refuse('a range to a class');
    return `${codePoint(from)}-${codePoint(to)}`;
  }

  /** A code point, or the source of a class. */
  private memberEscape(): number | string {
    const escaped = this.next();
    return escaped === 'b' ? 8 : (this.setOf(escaped) ?? this.pointOf(escaped));
  }

  /** The class of `\d`, `\S`, `\p{L}`, ...; undefined where the escape is a character. */
  private setOf(escaped: string): string | undefined {
    const lower = escaped.toLowerCase();
    if (Object.hasOwn(shorthand, lower)) return `[${escaped === lower ? '' : '^'}${shorthand[lower]!}]`;
    if (lower !== 'p') return undefined;
    const braces =
      /^\{(\^?)([\w -]+)\}/.exec(this.pattern.slice(this.at)) ?? this.refuse(`"\\${escaped}" without a name`);
    this.at += braces[0].length;
    const outside = (escaped === 'P') !== (braces[1] === '^');
    return propertyClass(braces[2]!, outside) ?? this.refuse(`"\\${escaped}${braces[0]}"`);
  }

  private pointOf(escaped: string): number {
    if (Object.hasOwn(controls, escaped)) return controls[escaped]!;
    const rest = this.pattern.slice(this.at);
    const hex =
      escaped === 'x'
        ? /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest)
        : escaped === 'u'
          ? /^()([0-9A-Fa-f]{4})/.exec(rest)
          : null;
    if (hex !== null) {
      this.at += hex[0].length;
      return Number.parseInt(hex[1] || hex[2]!, 16);
    }
    if (/[A-Za-z0-9]/.test(escaped)) this.refuse(`"\\${escaped}"`);
    return escaped.codePointAt(0)!;
  }

  private peek(): string | undefined {
    return this.pattern[this.at];
  }

  private take(text: string): boolean {
    const found = this.pattern.startsWith(text, this.at);
    if (found) this.at += text.length;
    return found;
  }

  private next(): string {
    const point = this.pattern.codePointAt(this.at);
    if (point === undefined) this.refuse('an end behind "\\"');
    const character = String.fromCodePoint(point);
    this.at += character.length;
    return character;
  }

  private refuse(what: string): never {
    throw new TokenizerError(
      `the pattern ${JSON.stringify(this.pattern)} holds ${what} at ${this.at}, which has no exact counterpart in JavaScript`,
    );
  }
}

/** Names that oniguruma spells in its own way; the rest are general categories and scripts. */
const properties: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(posix).map(([name, source]) => [name, `[${source}]`])),
  any: '\\p{Any}',
  letter: '\\p{L}',
  number: '\\p{N}',
  mark: '\\p{M}',
  punctuation: '\\p{P}',
  symbol: '\\p{S}',
  separator: '\\p{Z}',
  // U+0295 became Lo in Unicode 17.
  ll: '[\\p{Ll}\\u{295}]',
  lo: '[\\p{Lo}--\\u{295}]',
};

function propertyClass(name: string, outside: boolean): string | undefined {
  const known = properties[name.toLowerCase().replace(/[ _-]/g, '')];
  if (known !== undefined) return `[${outside ? '^' : ''}${known}]`;
  for (const candidate of [name, `Script=${name}`]) {
    try {
      new RegExp(`\\p{${candidate}}`, 'v');
      return `\\${outside ? 'P' : 'p'}{${candidate}}`;
    } catch {
      // No such property.
    }
  }
  return undefined;
}

/** Whether a source is one atom, which a quantifier may follow without parentheses. */
function isSingle(source: string): boolean {
  return /^(?:\\u\{[0-9a-f]+\}|\\[pP]\{[^}]*\}|\[[^[\]]*\])$/.test(source);
}
