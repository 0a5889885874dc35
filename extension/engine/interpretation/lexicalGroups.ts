/**
 * Whether two words are forms of one: Technology, technology, Technologies, technological. Without a dictionary of any language: the same
 * letters, a plural's s or es, or a shared beginning of five letters or more that is most of the longer word.
 */
export function sameWord(one: string, other: string): boolean {
  const [shorter, longer] = [lettersOf(one), lettersOf(other)].toSorted((a, b) => a.length - b.length) as [
    string,
    string,
  ];
  if (shorter === '') return false;
  if (shorter === longer) return true;
  if (shorter.length >= 3 && [`${shorter}s`, `${shorter}es`].includes(longer)) return true;
  let shared = 0;
  while (shared < shorter.length && shorter[shared] === longer[shared]) shared++;
  return shared >= 5 && shared >= 0.65 * longer.length;
}

/** Texts in groups of one word each, by their indices; a text without another form is a group of its own. */
export function lexicalGroups(texts: readonly string[]): number[][] {
  const groups: number[][] = [];
  for (const [index, text] of texts.entries()) {
    // A form may bring together groups that had nothing in common before it.
    const joined = groups.filter((group) => group.some((each) => sameWord(texts[each]!, text)));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), index].toSorted((a, b) => a - b));
  }
  return groups.toSorted((a, b) => a[0]! - b[0]!);
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
