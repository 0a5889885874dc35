const signs: Readonly<Record<string, string>> = {
  ' ': '·',
  '\u00a0': '⍽',
  '\n': '⏎',
  '\r': '␍',
  '\t': '⇥',
};

/** A token's text with its spaces and line ends made visible; an empty one as ∅. */
export function visibleText(text: string): string {
  return text === '' ? '∅' : text.replaceAll(/[ \u00a0\n\r\t]/g, (space) => signs[space] ?? space);
}

/** A token's text as a screen reader says it: in quotation marks, with what cannot be heard in words. */
export function spokenText(text: string): string {
  const words = text
    .replaceAll('\n', ' line end ')
    .replaceAll('\t', ' tab ')
    .replace(/^ +(?=\S)/, 'space ');
  return words.trim() === '' ? 'space' : words.trim();
}
