import { doubtText } from '../../datasets/dataset';
import type { Rule } from '../rule';

/** Rows that a reader could have read otherwise, such as those with a stray quote. */
export const doubtfulRows: Rule = ({ doubts }) =>
  doubts.map((doubt) => ({
    severity: 'warning',
    text: doubtText(doubt),
    advice: 'Look at these rows, and correct their quotes in the file where they are not read as they are meant.',
    count: doubt.count,
    rows: doubt.rows.map((row) => ({ file: doubt.file, row })),
  }));
