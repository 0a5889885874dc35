import { basename } from 'node:path';

/** A data set file as rows of text. */
export interface Dataset {
  /** Path as it was asked for. */
  readonly file: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
  /** Column names in the order of their first appearance. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly rejected: readonly Rejection[];
  /** What the reader assumed and a person should know: the encoding, a renamed column. */
  readonly notes: readonly string[];
  /** What the reader decided about single rows and may have decided wrongly. */
  readonly doubts: readonly Doubt[];
  /** Names of the values 0, 1, 2, ... of a column, where the file itself, or a `dataset_info.json` beside it, tells them. */
  readonly labelNames: Readonly<Record<string, readonly string[]>>;
}

export interface Row {
  /** Counted from 1: the line on which the row starts; in JSON arrays and Parquet, which have no lines, the row's number. */
  readonly row: number;
  /** Column -> text. A null or missing value has no entry; an empty text is ''. Nested values are JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** Column -> why its text cannot be used, which matters only to a task that reads the column. */
  readonly faults?: Readonly<Record<string, string>>;
}

/** A decision of a reader about rows that can be read in more than one way. */
export interface Doubt {
  readonly file: string;
  /** What was decided, to follow the file's name. */
  readonly text: string;
  /** How many rows, and the first of them. */
  readonly count: number;
  readonly rows: readonly number[];
}

/** A doubt as a sentence, with the first of its rows. */
export function doubtText({ file, text, count, rows }: Doubt): string {
  const first = rows.slice(0, 10);
  const more = count > first.length ? ` and ${count - first.length} more` : '';
  return `${basename(file)}: ${text} (${count === 1 ? 'row' : 'rows'} ${first.join(', ')}${more}).`;
}

/** A row that cannot be used. */
export interface Rejection {
  readonly file: string;
  readonly row: number;
  readonly reason: string;
}

/** `file:row: reason`, as a person reads it. */
export function rejectionText({ file, row, reason }: Rejection): string {
  return `${basename(file)}:${row}: ${reason}`;
}

/** A file that cannot be read as a data set; the message begins with the file and says what to do. */
export class DatasetError extends Error {
  constructor(
    readonly file: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${basename(file)}: ${reason}`, options);
    this.name = 'DatasetError';
  }
}

/** The text of `column` in `row`; undefined where it is null or missing. */
export function cell(row: Row, column: string): string | undefined {
  return Object.hasOwn(row.values, column) ? row.values[column] : undefined;
}
