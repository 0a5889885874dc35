import type { Definition } from './definition';
import { isAscii } from './characters';

/** Graphemes of as many bytes are looked up character by character. */
const longestGrapheme = 6;
/** Without one of these, each character is a grapheme of its own; of what is shorter than six bytes. */
const joining = /[\p{M}\p{Cf}\p{Emoji_Modifier}\r]/u;

/**
 * `Precompiled`: SentencePiece's map of characters as it is stored: the size of a double-array trie in bytes, the trie (darts-clone), then
 * the replacements, each ended by a zero byte. All numbers are little-endian and of 32 bits.
 */
export class PrecompiledMap {
  private readonly trie: Uint32Array;
  private readonly replacements: Buffer;
  private readonly graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  /** What single characters become; undefined: nothing else. */
  private readonly known = new Map<string, string | undefined>();

  /** @throws TokenizerError where `precompiled_charsmap` is damaged. */
  constructor(definition: Definition) {
    const map = Buffer.from(definition.text('precompiled_charsmap'), 'base64');
    const size = map.length < 4 ? 0 : map.readUInt32LE(0);
    if (size === 0 || size % 4 !== 0 || 4 + size > map.length)
      definition.reject('precompiled_charsmap', 'it is damaged: it does not hold the trie whose size it begins with');
    this.trie = Uint32Array.from({ length: size / 4 }, (_, i) => map.readUInt32LE(4 + 4 * i));
    this.replacements = map.subarray(4 + size);
  }

  normalize(text: string): string {
    let result = '';
    if (isAscii(text) || !joining.test(text)) {
      for (const character of text) result += this.character(character);
      return result;
    }
    for (const { segment } of this.graphemes.segment(text)) {
      const whole = Buffer.byteLength(segment) < longestGrapheme ? this.replacement(segment) : undefined;
      if (whole !== undefined) result += whole;
      else for (const character of segment) result += this.character(character);
    }
    return result;
  }

  private character(character: string): string {
    let found = this.known.get(character);
    if (found === undefined && !this.known.has(character)) {
      found = this.replacement(character);
      this.known.set(character, found);
    }
    return found ?? character;
  }

  /** What the shortest key that a text begins with is replaced by; undefined where it begins with none. */
  private replacement(text: string): string | undefined {
    const { trie } = this;
    let node = childrenOf(trie[0]!);
    for (const byte of Buffer.from(text)) {
      if (byte === 0) return undefined;
      node ^= byte;
      const unit = trie[node];
      if (unit === undefined || (unit & 0x800000ff) !== byte) return undefined;
      node ^= childrenOf(unit);
      if (((unit >>> 8) & 1) === 1) return this.text((trie[node] ?? 0) & 0x7fffffff);
    }
    return undefined;
  }

  private text(start: number): string {
    const end = this.replacements.indexOf(0, start);
    return this.replacements.toString('utf8', start, end < 0 ? undefined : end);
  }
}

/** Offset of a unit's children (darts-clone): 22 bits, which the bit before them shifts by a byte. */
function childrenOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
