/**
 * Answers as SQuAD compares them (Rajpurkar et al. 2016, section 6.1, and the published evaluation script, version 1.1): lower case,
 * without ASCII punctuation, without the articles a, an, the, single spaces.
 */
export function normalisedAnswer(text: string): string {
  const bare = text.toLowerCase().replace(/[!-/:-@[-`{-~]/g, '');
  return bare
    .replace(/\b(?:a|an|the)\b/gu, ' ')
    .split(/\s+/u)
    .filter((word) => word !== '')
    .join(' ');
}

/** Whether two answers are the same once normalised. */
export function sameAnswer(predicted: string, target: string): boolean {
  return normalisedAnswer(predicted) === normalisedAnswer(target);
}

/** F1 of the words that two normalised answers share, each as often as both have it; 1 where both are empty, 0 where one is. */
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
