import { labelClasses, labelProblems, type LabelProblem } from '../../tasks/labels';
import type { Severity } from '../finding';
import type { Rule } from '../rule';

/** Label words that the tokenizer makes hard or impossible to tell apart. */
export const labelWords: Rule = ({ task, encoder }) => {
  const { label } = task;
  if (!label) return [];
  return labelProblems(labelClasses(label), encoder, label.scoring).map(({ kind, text }) => ({
    ...{ severity: severities[kind], text, count: 0, rows: [], field: ['task', 'label', 'words'] },
    ...(advice[kind] === undefined ? {} : { advice: advice[kind] }),
  }));
};

const severities: Readonly<Record<LabelProblem['kind'], Severity>> = {
  'same-tokens': 'error',
  'beginning-of-another': 'warning',
  'shared-first-token': 'note',
  'several-tokens': 'note',
};
const advice: Partial<Record<LabelProblem['kind'], string>> = {
  'same-tokens': 'Choose other words for one of them.',
  'beginning-of-another': 'Choose words that begin differently, or set "scoring" to "mean".',
};
