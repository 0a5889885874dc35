import type { PartExample } from '../checkedData';
import { counted, foundRows } from '../finding';
import type { Rule, RuleFinding } from '../rule';

/** Texts that hold tokens with a meaning of their own: the model reads them as that, not as what is written. */
export const specialTokens: Rule = (data) => {
  const { end, all } = data.specialTokens;
  if (end === undefined && all.length === 0) return [];
  const rows = data.examples;
  const ending =
    end === undefined ? [] : rows.filter(({ text }) => text.split('\n').some((line) => line.trimEnd().endsWith(end)));
  const atEnd = new Set(ending);
  const within = rows.flatMap((row) => {
    const found = all.filter((token) => row.text.includes(token));
    return found.length === 0 || atEnd.has(row) ? [] : [{ row, found }];
  });
  return [
    ...finding(
      ending.map((row) => ({ row })),
      (rowsText, one) =>
        `${rowsText} ${one ? 'ends' : 'end'} with the token ${end} that ends a text for this model, so the model reads the end of the text before the label.`,
    ),
    ...finding(
      within.map(({ row, found }) => ({ row, detail: found.join(' ') })),
      (rowsText, one) =>
        `${rowsText} ${one ? 'holds' : 'hold'} special tokens of this model, such as ${within[0]!.found[0]!}, which it reads as commands and not as text.`,
    ),
  ];
};

function finding(
  found: readonly { readonly row: PartExample; readonly detail?: string }[],
  text: (rows: string, one: boolean) => string,
): RuleFinding[] {
  if (found.length === 0) return [];
  return [
    {
      severity: 'warning',
      text: text(counted(found.length, 'text'), found.length === 1),
      advice: 'Remove the tokens from the texts.',
      count: found.length,
      rows: foundRows(
        found.map(({ row: { example }, detail }) => ({
          ...{ file: example.file, row: example.row },
          ...(detail === undefined ? {} : { detail }),
        })),
      ),
    },
  ];
}
