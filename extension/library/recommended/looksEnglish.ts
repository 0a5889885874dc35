/** Words that hardly any English sentence is without, and that other languages have not. */
const functionWords = new Set(
  'the and of to is in it a that for was on with this be are but have not you they at or from as so my we'.split(' '),
);
/** English prose has a third to a half of these words, other languages in Latin letters a few by chance. */
const leastShare = 0.12;

/**
 * Whether most of some texts are English, so far as their commonest words show it. Headlines and single words have few of those, so
 * texts in plain ASCII letters with too few words to tell count as English.
 */
export function looksEnglish(texts: readonly string[]): boolean {
  const words = texts.flatMap((text) => text.toLowerCase().match(/\p{L}+/gu) ?? []);
  const foreign = words.filter((word) => /[^a-z]/.test(word)).length;
  if (foreign > words.length / 10) return false;
  if (words.length < 50) return true;
  return words.filter((word) => functionWords.has(word)).length >= leastShare * words.length;
}
