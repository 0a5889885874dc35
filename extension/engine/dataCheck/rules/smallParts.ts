import { counted } from '../finding';
import type { Rule } from '../rule';

/** Rows below which a score moves by more than two points with one answer. */
const few = 50;

/** Parts that are too small for a score to mean much. */
export const smallParts: Rule = ({ parts }) =>
  (['dev', 'test'] as const).flatMap((part) => {
    const { length } = parts[part];
    if (length === 0 || length >= few) return [];
    return [
      {
        severity: 'note' as const,
        text: `The ${part} part has ${counted(length, 'row')}, so one answer moves its score by ${(100 / length).toFixed(1)} points.`,
        ...{ part, count: length, rows: [] },
      },
    ];
  });
