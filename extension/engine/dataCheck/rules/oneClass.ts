import { type Part, parts } from '../../datasets/splits';
import { type ClassCount, className, classCounts } from '../classes';
import { counted } from '../finding';
import type { Rule, RuleFinding } from '../rule';

/** Parts of which every row has the same label: nothing can be learned from them, or measured on them. */
export const oneClass: Rule = (data) => {
  const counts = classCounts(data);
  const single = parts.flatMap((part) => {
    const present = counts[part].filter(({ rows }) => rows > 0);
    return present.length === 1 ? [{ part, only: present[0]! }] : [];
  });
  const used = parts.filter((part) => data.parts[part].length > 0);
  const everywhere = single.length === used.length && new Set(single.map(({ only }) => only.words)).size === 1;
  return everywhere ? [wholeData(single)] : single.map(onePart);
};

interface SinglePart {
  readonly part: Part;
  readonly only: ClassCount;
}

function wholeData(single: readonly SinglePart[]): RuleFinding {
  const count = single.reduce((sum, { only }) => sum + only.rows, 0);
  const each = single.map(({ part, only }) => `${only.rows.toLocaleString('en')} ${part}`).join(', ');
  return {
    severity: 'warning',
    text: `The data has one class only: all ${counted(count, 'row')} (${each}) have the label ${className(single[0]!.only)}. Nothing can be learned from it.`,
    ...{ advice, count, share: 1, rows: [] },
  };
}

function onePart({ part, only }: SinglePart): RuleFinding {
  const what = part === 'train' ? 'Nothing can be learned from it' : 'A score on it says nothing';
  return {
    severity: 'warning',
    text: `The ${part} part has one class only: all of its ${counted(only.rows, 'row')} have the label ${className(only)}. ${what}.`,
    ...{ advice, part, count: only.rows, share: 1, rows: [] },
  };
}

const advice = 'Add rows of the other labels, or correct the label column.';
