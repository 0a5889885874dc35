import { parts } from '../../datasets/splits';
import type { Rule } from '../rule';
import { RejectionTally } from '../rejectionTally';

/** Rows that the readers or the task could not use, by reason. */
export const rowsLeftOut: Rule = ({ rejected, parts: examples }) => {
  const tally = new RejectionTally();
  for (const each of rejected) tally.add(each);
  return tally.findings(rejected.length + parts.reduce((sum, part) => sum + examples[part].length, 0));
};
