import { className, classCounts } from '../classes';
import { counted, percent } from '../finding';
import type { Rule } from '../rule';

/** Share of one class from which accuracy says little. */
const heavy = 0.9;

/** One class that has nearly all rows of the training part. */
export const imbalance: Rule = (data) => {
  const present = classCounts(data).train.filter(({ rows }) => rows > 0);
  if (present.length < 2) return [];
  const total = present.reduce((sum, { rows }) => sum + rows, 0);
  const largest = present.reduce((a, b) => (b.rows > a.rows ? b : a));
  const share = largest.rows / total;
  if (share < heavy) return [];
  const others = present.filter((each) => each !== largest);
  const rest = others.map((each) => `${each.rows.toLocaleString('en')} ${className(each)}`).join(', ');
  return [
    {
      severity: 'warning',
      text:
        `${percent(share)} of the training part have the label ${className(largest)}: ${counted(largest.rows, 'row')} ` +
        `against ${rest}. Always answering that label reaches an accuracy of ${percent(share)}.`,
      advice: 'Add rows of the rare labels, or choose the best checkpoint by "metric": "macro-f1".',
      ...{ part: 'train', count: largest.rows, share, rows: [] },
    },
  ];
};
