import { labelClasses } from '../../tasks/labels';
import type { PartExample } from '../checkedData';
import { counted, foundRows, percent } from '../finding';
import type { Rule } from '../rule';

/** Rows that must tell their label, and how often such a row must be right, before it counts as a leak. */
const weightyCoverage = 0.1;
const weightyPrecision = 0.9;
/** Fewer rows may be chance. */
const fewest = 5;

/**
 * Rows that repeat their label in the text, by its value or its words. Measured by what it gives away: of the rows in
 * which the names of exactly one class stand, how many have that class, against how many would by chance.
 */
export const answerInText: Rule = (data) => {
  if (!data.task.label) return [];
  const classes = labelClasses(data.task.label).map(({ words, values }) => ({
    words,
    pattern: wholeWords([words, ...values]),
  }));
  const rows = data.examples;
  const named = rows.flatMap((row) => {
    const found = classes.filter(({ pattern }) => pattern.test(row.text));
    return found.length === 1 ? [{ row, words: found[0]!.words }] : [];
  });
  const right = named.filter(({ row, words }) => row.example.target === words);
  if (right.length < fewest) return [];
  const precision = right.length / named.length;
  const chance = named.reduce((sum, { words }) => sum + shareOf(rows, words), 0) / named.length;
  const coverage = right.length / rows.length;
  // Of a balanced pair half is right by chance; three quarters are more than that.
  if (precision < chance + (1 - chance) / 2) return [];
  const weighty = coverage >= weightyCoverage && precision >= weightyPrecision;
  if (!weighty && coverage < 0.01) return [];
  return [
    {
      severity: weighty ? 'warning' : 'note',
      text:
        `${counted(right.length, 'row')} (${percent(coverage)}) ${right.length === 1 ? 'repeats its' : 'repeat their'} label in the text. ` +
        `Where one label stands in the text, it is the right one in ${percent(precision)} of the rows (by chance ${percent(chance)}).`,
      ...(weighty
        ? { advice: 'If texts will not name their label later, remove it from them: the score says too much.' }
        : {}),
      ...{ count: right.length, share: coverage },
      rows: foundRows(
        right.map(({ row: { example }, words }) => ({ file: example.file, row: example.row, detail: `"${words}"` })),
      ),
    },
  ];
};

/** Memoised: a share is asked for once a row. */
const shares = new WeakMap<readonly PartExample[], Map<string, number>>();
function shareOf(rows: readonly PartExample[], words: string): number {
  let known = shares.get(rows);
  if (!known) {
    known = new Map();
    for (const { example } of rows) known.set(example.target, (known.get(example.target) ?? 0) + 1 / rows.length);
    shares.set(rows, known);
  }
  return known.get(words) ?? 0;
}

/** Any of these as whole words, whatever their case. */
function wholeWords(names: readonly string[]): RegExp {
  const escaped = [...new Set(names)].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${escaped.join('|')})(?![\\p{L}\\p{N}_])`, 'iu');
}
