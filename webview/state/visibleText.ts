const signs: Readonly<Record<string, string>> = {
  ' ': '·',
  '\u00a0': '⍽',
  '\n': '⏎',
  '\r': '␍',
  '\t': '⇥',
};

/** A token's text with its spaces, line ends and control characters made visible; an empty one as ∅. */
export function visibleText(text: string): string {
  if (text === '') return '∅';
  const escaped = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return text.replaceAll(/[ \p{Cc}\u00a0]/gu, (character) => signs[character] ?? escaped(character));
}

/** A token's text as a screen reader says it: in quotation marks, with what cannot be heard in words. */
export function spokenText(text: string): string {
  const words = text
    .replaceAll('\n', ' line end ')
    .replaceAll('\t', ' tab ')
    .replace(/^ +(?=\S)/, 'space ');
  return words.trim() === '' ? 'space' : words.trim();
}
