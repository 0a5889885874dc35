import { parts } from '../../datasets/splits';
import { className, classCounts } from '../classes';
import type { Rule } from '../rule';

/** Labels of the task that no row of a part has; parts of one class are the matter of another rule. */
export const absentClasses: Rule = (data) => {
  const counts = classCounts(data);
  const used = parts.filter((part) => data.parts[part].length > 0);
  const isAbsent = (index: number, part: (typeof parts)[number]): boolean => counts[part][index]!.rows === 0;
  const nowhere = counts.train.filter((_, index) => used.every((part) => isAbsent(index, part)));
  const found = nowhere.length === 0 ? [] : [absentNowhere(nowhere.map(className))];
  const partly = used.flatMap((part) => {
    const absent = counts[part].filter(
      (each, index) => isAbsent(index, part) && !nowhere.some(({ words }) => words === each.words),
    );
    if (absent.length === 0) return [];
    const names = absent.map(className).join(', ');
    const them = absent.length === 1 ? 'it' : 'them';
    const so = part === 'train' ? `nothing can be learned of ${them}` : `a score on it says nothing of ${them}`;
    return [
      {
        severity: part === 'train' ? ('warning' as const) : ('note' as const),
        text: `No row of the ${part} part has the label ${names}, so ${so}.`,
        ...{ part, count: 0, rows: [] },
      },
    ];
  });
  return [...found, ...partly];
};

function absentNowhere(names: readonly string[]): ReturnType<Rule>[number] {
  return {
    severity: 'warning',
    text: `No row has the label ${names.join(', ')}, although the task has words for ${names.length === 1 ? 'it' : 'them'}.`,
    advice: 'Correct the label values in "words" or in the data, or remove what does not occur.',
    ...{ count: 0, rows: [], field: ['task', 'label', 'words'] },
  };
}
