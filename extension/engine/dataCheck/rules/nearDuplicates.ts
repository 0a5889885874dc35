import { basename } from 'node:path';
import type { CheckedData, PartExample } from '../checkedData';
import { counted, foundRows, type FoundRow, percent } from '../finding';
import type { Rule, RuleFinding } from '../rule';
import { nearThreshold, type NearDuplicate } from '../similarity/nearDuplicates';

/** Share of an evaluated part from which its score says more about memory than about new texts. */
const weighty = 0.02;
/** Share of the training part from which its rows say much the same. */
const many = 0.2;

/** Rows of which another row has nearly the same text: in the part that is learned from, or within a part. */
export const nearDuplicateRows: Rule = (data) => {
  const found = data.nearDuplicates();
  const across = (part: 'dev' | 'test'): RuleFinding[] => acrossParts(data, part, found);
  const within = found.filter(({ item, of }) => item.part === of.part);
  return [...across('dev'), ...across('test'), ...withinParts(data, within)];
};

function acrossParts(
  data: CheckedData,
  part: 'dev' | 'test',
  found: readonly NearDuplicate<PartExample>[],
): RuleFinding[] {
  const near = found.filter(({ item, of }) => item.part === part && of.part !== part);
  if (near.length === 0) return [];
  const share = near.length / data.parts[part].length;
  return [
    {
      severity: share >= weighty ? 'warning' : 'note',
      text:
        `${counted(near.length, 'row')} (${percent(share)}) of the ${part} part ${near.length === 1 ? 'has' : 'have'} nearly ` +
        'the same text as a row of another part, so the score on it is better than on new texts.',
      ...(share >= weighty ? { advice: 'Remove them from one of the parts.' } : {}),
      ...{ part, count: near.length, share, rows: foundRows(near.map(placed)) },
    },
  ];
}

function withinParts(data: CheckedData, near: readonly NearDuplicate<PartExample>[]): RuleFinding[] {
  if (near.length === 0) return [];
  const share = near.length / Object.values(data.parts).reduce((sum, { length }) => sum + length, 0);
  return [
    {
      severity: share >= many ? 'warning' : 'note',
      text:
        `${counted(near.length, 'row')} (${percent(share)}) ${near.length === 1 ? 'has' : 'have'} nearly the same text as an ` +
        `earlier row of the same part: at least ${100 * nearThreshold} % of the runs of five characters are the same.`,
      ...{ count: near.length, share, rows: foundRows(near.map(placed)) },
    },
  ];
}

/** A near duplicate as a row of a finding. */
export function placed({ item: { example }, of, resemblance }: NearDuplicate<PartExample>): FoundRow {
  const { file, row } = example;
  const other = `${basename(of.example.file)}:${of.example.row}`;
  return { file, row, detail: `${Math.floor(100 * resemblance)} % like ${other} (${of.part})` };
}
