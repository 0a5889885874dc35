import { percentile } from '../datasets/columns';
import { type Part, parts } from '../datasets/splits';
import type { CheckedData } from './checkedData';
import { type ClassCount, classCounts } from './classes';
import { lostTokens } from './rules/truncation';

/** What a part holds, in numbers. */
export interface PartSummary {
  readonly part: Part;
  readonly rows: number;
  /** Classification: rows a class, in the task's order. */
  readonly classes?: readonly ClassCount[];
  /** Share of the largest class, 0 to 1: the accuracy of always answering it. */
  readonly majority?: number;
  /** Input lengths before truncation, the soft prompt not counted. */
  readonly tokens: {
    readonly shortest: number;
    readonly median: number;
    readonly p95: number;
    readonly longest: number;
  };
  /** Rows that are cut, and the share of tokens that this loses. */
  readonly cutRows: number;
  readonly cutTokens: number;
}

/** One summary a part that has rows. */
export function partSummaries(data: CheckedData): PartSummary[] {
  const counts = classCounts(data);
  return parts
    .filter((part) => data.parts[part].length > 0)
    .map((part) => {
      const examples = data.parts[part];
      const lengths = examples.map(({ inputTokens }) => inputTokens);
      const largest = counts[part].reduce((most, { rows }) => Math.max(most, rows), 0);
      return {
        ...{ part, rows: examples.length },
        ...(data.task.label ? { classes: counts[part], majority: largest / examples.length } : {}),
        tokens: {
          shortest: percentile(lengths, 0),
          median: percentile(lengths, 0.5),
          p95: percentile(lengths, 0.95),
          longest: percentile(lengths, 1),
        },
        cutRows: examples.filter(({ truncated }) => truncated).length,
        cutTokens: lostTokens(examples),
      };
    });
}
