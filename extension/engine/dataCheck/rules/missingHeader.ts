import { labelKey } from '../../tasks/labels';
import type { Rule } from '../rule';

/** A label column that is called like one of its values: the first row of a file without a line of column names. */
export const missingHeader: Rule = ({ task }) => {
  if (!task.label) return [];
  const { column, words } = task.label;
  const value = Object.keys(words).find((each) => labelKey(each) === labelKey(column));
  if (value === undefined) return [];
  return [
    {
      severity: 'warning',
      text: `The label column is called "${column}", which is also one of its values: if the file has no line of column names, its first row was taken for one and is no example.`,
      advice: 'Write a line with the names of the columns at the top of the file.',
      ...{ count: 0, rows: [], field: ['task', 'label', 'column'] },
    },
  ];
};
