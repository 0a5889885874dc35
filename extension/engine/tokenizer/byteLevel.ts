/**
 * GPT-2's spelling of bytes as characters (Radford et al. 2019, section 2.2): printable ones of Latin-1 stand for themselves, the others
 * for U+0100 and what follows.
 */
const spelling: readonly string[] = (() => {
  let shifted = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(printable ? byte : shifted++);
  });
})();
const bytes: ReadonlyMap<string, number> = new Map(spelling.map((character, byte) => [character, byte]));
const printable = /^[!-~]*$/;

/** A text's bytes, each as its character. */
export function spellBytes(text: string): string {
  if (printable.test(text)) return text;
  let spelled = '';
  for (const byte of Buffer.from(text)) spelled += spelling[byte]!;
  return spelled;
}

/** The bytes that a token spells; the token's own where a character of it is no spelling. */
export function spelledBytes(token: string): Buffer {
  const found: number[] = [];
  for (const character of token) {
    const byte = bytes.get(character);
    if (byte === undefined) return Buffer.from(token);
    found.push(byte);
  }
  return Buffer.from(found);
}
