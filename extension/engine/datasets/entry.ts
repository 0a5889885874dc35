/** What a reader finds, in the order of the file. */
export type Entry = RowEntry | RejectedEntry | NoteEntry | DoubtEntry | LabelNamesEntry;

export interface RowEntry {
  readonly type: 'row';
  /** As {@link import('./dataset').Row.row}. */
  readonly row: number;
  /** Every column of the row; null is kept apart from ''. */
  readonly values: Readonly<Record<string, string | null>>;
  /** As {@link import('./dataset').Row.faults}. */
  readonly faults?: Readonly<Record<string, string>>;
}
export interface RejectedEntry {
  readonly type: 'rejected';
  readonly row: number;
  readonly reason: string;
}
/** Something the reader assumed. */
export interface NoteEntry {
  readonly type: 'note';
  readonly text: string;
}
/** As {@link import('./dataset').Doubt}. */
export interface DoubtEntry {
  readonly type: 'doubt';
  readonly text: string;
  readonly count: number;
  readonly rows: readonly number[];
}
export interface LabelNamesEntry {
  readonly type: 'label-names';
  readonly column: string;
  readonly names: readonly string[];
}

/** What a reader reads from. */
export interface Source {
  readonly file: string;
  /** Of a file that holds several parts of a data set, the one that is wanted. */
  readonly part?: string | undefined;
  /** The decoded text from its beginning, in chunks, every line end a single \n. Can be asked for more than once. */
  text(): AsyncIterable<string>;
}

/** One file format. Holds at most a bounded part of the file, except where its docstring says otherwise. */
export type Reader = (source: Source) => AsyncGenerator<Entry>;

/** A value of a JSON or Parquet row as text: strings as they are, null as null, everything else as JSON. */
export function cellText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? null : value > 0 ? 'inf' : '-inf';
  if (value instanceof Date) return value.toISOString();
  return JSON.stringify(value, jsonReplacer);
}
function jsonReplacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

/** The row entry of a JSON object, or why it is none. */
export function objectEntry(row: number, value: unknown): RowEntry | RejectedEntry {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const what = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    return { type: 'rejected', row, reason: `is ${what}, not an object of column names and values` };
  }
  const values = Object.fromEntries(Object.entries(value).map(([column, each]) => [column, cellText(each)]));
  if (Object.values(values).every((each) => each === null || each === '')) {
    return { type: 'rejected', row, reason: 'has no value in any column' };
  }
  return { type: 'row', row, values };
}
