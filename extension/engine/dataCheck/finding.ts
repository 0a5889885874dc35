import type { Part } from '../datasets/splits';

/** `error`: nothing sensible can be learned. `warning`: the person should decide. `note`: good to know. */
export type Severity = 'error' | 'warning' | 'note';

/** A row that a finding is about. */
export interface FoundRow {
  readonly file: string;
  /** As the readers count. */
  readonly row: number;
  /** What is special about this row, such as the row that it resembles. */
  readonly detail?: string;
}

/** One thing that the data check found. */
export interface Finding {
  /** Name of the rule, as in the table of rules. */
  readonly rule: string;
  readonly severity: Severity;
  /** What was found, a whole sentence with its counts. */
  readonly text: string;
  /** What to do about it, a whole sentence. */
  readonly advice?: string;
  /** Where it is about one part of the data. */
  readonly part?: Part;
  /** Rows that it is about; 0 where it is about the task. */
  readonly count: number;
  /** `count` as a share of the rows that it could be about, 0 to 1. */
  readonly share?: number;
  /** The first of those rows, at most {@link mostFoundRows}. */
  readonly rows: readonly FoundRow[];
  /** Where the cause is written in the experiment, as a path of field names; and the piece of that value to point at. */
  readonly field?: readonly string[];
  readonly within?: string;
}

/** Most rows that a finding lists; its `count` always counts all of them. */
export const mostFoundRows = 1000;

/** The rows of examples, as findings list them. */
export function foundRows(rows: readonly FoundRow[]): FoundRow[] {
  return rows
    .slice(0, mostFoundRows)
    .map(({ file, row, detail }) => ({ file, row, ...(detail === undefined ? {} : { detail }) }));
}

/** "1 row", "1,200 rows". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** A share as a person reads it: "12.5 %", and never 0 or 100 where it is not. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return 'less than 0.1 %';
  if (share < 1 && share > 0.999) return 'more than 99.9 %';
  return `${(100 * share).toFixed(1)} %`;
}
