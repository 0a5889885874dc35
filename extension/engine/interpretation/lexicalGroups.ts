/**
 * Whether two words are forms of one: Technology, technology, Technologies, technological. Without a dictionary of any language: the same
 * letters, a plural's s or es, or a shared beginning of five letters or more that is most of the longer word.
 */
export function sameWord(one: string, other: string): boolean {
  return sameLetters(lettersOf(one), lettersOf(other));
}

/** Texts in groups of one word each, by their indices; a text without another form is a group of its own. */
export function lexicalGroups(texts: readonly string[]): number[][] {
  const letters = texts.map(lettersOf);
  const groups: number[][] = [];
  for (const [index, own] of letters.entries()) {
    // A form may bring together groups that had nothing in common before it.
    const joined = groups.filter((group) => group.some((each) => sameLetters(letters[each]!, own)));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), index].toSorted((a, b) => a - b));
  }
  return groups.toSorted((a, b) => a[0]! - b[0]!);
}

function sameLetters(one: string, other: string): boolean {
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  // Most pairs are told apart here.
  if (shorter === '' || shorter[0] !== longer[0]) return false;
  if (shorter === longer) return true;
  if (shorter.length >= 3 && (longer === `${shorter}s` || longer === `${shorter}es`)) return true;
  let shared = 0;
  while (shared < shorter.length && shorter[shared] === longer[shared]) shared++;
  return shared >= 5 && shared >= 0.65 * longer.length;
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
