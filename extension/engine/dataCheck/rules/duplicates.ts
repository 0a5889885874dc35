import { basename } from 'node:path';
import { type Part, parts } from '../../datasets/splits';
import type { Example } from '../../tasks/task';
import { type CheckedData } from '../checkedData';
import { counted, foundRows, percent } from '../finding';
import type { Rule, RuleFinding } from '../rule';

/** Share of copies in a part from which a person should decide. */
const many = 0.1;

/** Rows whose text is exactly that of an earlier row of their part, and rows left out because a later part has their text. */
export const duplicates: Rule = (data) => [
  ...parts.flatMap((part) => leftOut(data, part)),
  ...parts.flatMap((part) => copies(data, part)),
];

function leftOut({ leftOut: examples, parts: used }: CheckedData, part: Part): RuleFinding[] {
  const out = examples[part];
  if (out.length === 0) return [];
  const share = out.length / (out.length + used[part].length);
  return [
    {
      severity: share >= 0.01 ? 'warning' : 'note',
      text:
        `${counted(out.length, 'row')} (${percent(share)}) of the ${part} part ${out.length === 1 ? 'is' : 'are'} ` +
        'left out, because a later part has the same text.',
      ...{ part, count: out.length, share, rows: foundRows(out.map(({ file, row }) => ({ file, row }))) },
    },
  ];
}

function copies({ parts: examples }: CheckedData, part: Part): RuleFinding[] {
  const first = new Map<string, Example>();
  const found = examples[part].flatMap(({ example }) => {
    const { file, row, input } = example;
    const earlier = first.get(input);
    if (!earlier) first.set(input, example);
    return earlier ? [{ file, row, detail: `like ${basename(earlier.file)}:${earlier.row}` }] : [];
  });
  if (found.length === 0) return [];
  const share = found.length / examples[part].length;
  return [
    {
      severity: share >= many ? 'warning' : 'note',
      text: `${counted(found.length, 'row')} (${percent(share)}) of the ${part} part ${found.length === 1 ? 'is an exact copy of an earlier row' : 'are exact copies of earlier rows'}.`,
      ...(share >= many
        ? { advice: 'Remove them unless such texts are as frequent where the prompt will be used.' }
        : {}),
      ...{ part, count: found.length, share, rows: foundRows(found) },
    },
  ];
}
