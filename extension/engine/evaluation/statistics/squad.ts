/** a, an, the where neither a letter nor a digit of any script is beside them; JavaScript's `\b` knows the ASCII ones only. */
const articles = /(?<![\p{L}\p{N}])(?:a|an|the)(?![\p{L}\p{N}])/gu;
/** What Python's `str.split()` splits at: white space of Unicode and the four separators of ASCII. */
// eslint-disable-next-line no-control-regex -- U+001C to U+001F are white space in Python.
const whiteSpace = /[\p{White_Space}\u001c-\u001f]+/u;

/**
 * Answers as SQuAD compares them (Rajpurkar et al. 2016, section 6.1, and the published evaluation scripts in Python): lower case, without
 * ASCII punctuation, without the articles a, an, the, single spaces.
 */
export function normalisedAnswer(text: string): string {
  const bare = text.toLowerCase().replace(/[!-/:-@[-`{-~]/g, '');
  return bare
    .replace(articles, ' ')
    .split(whiteSpace)
    .filter((word) => word !== '')
    .join(' ');
}

/** Whether two answers are the same once normalised. */
export function sameAnswer(predicted: string, target: string): boolean {
  return normalisedAnswer(predicted) === normalisedAnswer(target);
}

/** F1 of the words that two normalised answers share, each as often as both have it. As in SQuAD 2.0, 1 where both are empty, 0 where one is. */
export function tokenF1(predicted: string, target: string): number {
  const [words, wanted] = [predicted, target].map((text) => normalisedAnswer(text).split(' ').filter(Boolean)) as [
    string[],
    string[],
  ];
  if (words.length === 0 || wanted.length === 0) return words.length === wanted.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of words) {
    const count = left.get(word) ?? 0;
    if (count > 0) shared++;
    left.set(word, count - 1);
  }
  return (2 * shared) / (words.length + wanted.length);
}
