import { basename } from 'node:path';
import { parts } from '../../datasets/splits';
import type { Example } from '../../tasks/task';
import { counted, foundRows, percent } from '../finding';
import type { Rule } from '../rule';
import { placed } from './nearDuplicates';

/** Rows with the same text, or nearly the same, but another target: no answer can be right about all of them. */
export const conflictingLabels: Rule = (data) => {
  const all = parts.flatMap((part) => [...data.parts[part].map(({ example }) => example), ...data.leftOut[part]]);
  const first = new Map<string, Example>();
  const texts = new Set<string>();
  const exact = all.flatMap((example) => {
    const { file, row, input, target } = example;
    const earlier = first.get(input);
    if (!earlier) first.set(input, example);
    if (!earlier || earlier.target === target) return [];
    texts.add(input);
    const place = `${basename(earlier.file)}:${earlier.row}`;
    return [{ file, row, detail: `"${short(target)}" here, "${short(earlier.target)}" in ${place}` }];
  });
  const what = data.task.label ? 'labels' : 'targets';
  // Free texts may well answer nearly the same question differently.
  const near = data.task.label
    ? data.nearDuplicates().filter(({ item, of }) => item.example.target !== of.example.target)
    : [];
  return [
    ...(exact.length === 0
      ? []
      : [
          {
            severity: data.task.label ? ('warning' as const) : ('note' as const),
            text: `${counted(texts.size, 'text occurs', 'texts occur')} with different ${what}: ${counted(exact.length, 'row')} (${percent(exact.length / all.length)}) disagree${exact.length === 1 ? 's' : ''} with an earlier row of the same text.`,
            advice: `Correct the ${what}, or remove the rows.`,
            ...{ count: exact.length, share: exact.length / all.length, rows: foundRows(exact) },
          },
        ]),
    ...(near.length === 0
      ? []
      : [
          {
            severity: near.length / all.length >= 0.02 ? ('warning' as const) : ('note' as const),
            text: `${counted(near.length, 'row')} (${percent(near.length / all.length)}) ${near.length === 1 ? 'has' : 'have'} nearly the same text as another row but another label.`,
            advice: 'Look at them: either the small difference matters, or one of the labels is wrong.',
            count: near.length,
            share: near.length / all.length,
            rows: foundRows(
              near.map((each) => {
                const { item, of } = each;
                const row = placed(each);
                return { ...row, detail: `"${item.example.target}" here, "${of.example.target}" there: ${row.detail}` };
              }),
            ),
          },
        ]),
  ];
};

function short(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
