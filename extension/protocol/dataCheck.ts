import type { Task } from './experiment';

/** `error`: nothing sensible can be learned. `warning`: the person should decide. `note`: good to know. */
export const severities = ['error', 'warning', 'note'] as const;
export type Severity = (typeof severities)[number];

/** A row that a finding is about. */
export interface FoundRow {
  /** Absolute. */
  readonly file: string;
  /** The line on which the row starts; in files without lines the number of the row, from 1. */
  readonly row: number;
  /** What is special about this row, such as the row that it resembles. */
  readonly detail?: string | undefined;
}

/** One thing that the data check found in a data set, its task or an experiment. Its schema is in findingSchema.ts. */
export interface Finding {
  /** What was looked at: `near-duplicates`, `rows-left-out`, ... */
  readonly rule: string;
  readonly severity: Severity;
  /** A whole sentence with its counts. */
  readonly text: string;
  /** What to do about it, a whole sentence. */
  readonly advice?: string | undefined;
  readonly part?: 'train' | 'dev' | 'test' | undefined;
  /** Rows that it is about; 0 where it is about the task. */
  readonly count: number;
  readonly share?: number | undefined;
  /** The first of those rows. */
  readonly rows: readonly FoundRow[];
  /** Where the cause is written in the experiment, as a path of field names; and the piece of that value to point at. */
  readonly field?: readonly string[] | undefined;
  readonly within?: string | undefined;
}

/** What a part of a data set holds, in numbers. */
export interface PartSummary {
  readonly part: 'train' | 'dev' | 'test';
  readonly rows: number;
  readonly classes?: readonly { readonly words: string; readonly values: readonly string[]; readonly rows: number }[];
  /** Share of the largest class, 0 to 1: the accuracy of always answering it. */
  readonly majority?: number;
  /** Input lengths before truncation, the soft prompt not counted. */
  readonly tokens: {
    readonly shortest: number;
    readonly median: number;
    readonly p95: number;
    readonly longest: number;
  };
  readonly cutRows: number;
  /** Share of all tokens that is cut off. */
  readonly cutTokens: number;
}

/** What the data check says. */
export interface DataCheck {
  readonly parts: readonly PartSummary[];
  /** The weightiest first. */
  readonly findings: readonly Finding[];
}

/** What a check of an experiment or a data set answers. */
export interface DataReport extends DataCheck {
  /** The file that was checked, absolute. */
  readonly file: string;
  /** The files that were read, absolute. */
  readonly files: readonly string[];
  /** The frozen model by its name, and the task; undefined where something is wrong with them. */
  readonly model?: string | undefined;
  readonly task?: Task | undefined;
  /** Rows that were used, and rows that were not. */
  readonly used: number;
  readonly leftOut: number;
}

/** Findings that a person should see before anything starts. */
export function weighty<Found extends Pick<Finding, 'severity'>>(findings: readonly Found[]): Found[] {
  return findings.filter(({ severity }) => severity !== 'note');
}

/** Findings with at most so many rows each, for places that only mention some. */
export function withFewRows(findings: readonly Finding[], most: number): Finding[] {
  return findings.map((each) => ({ ...each, rows: each.rows.slice(0, most) }));
}

/** A finding as text: what was found, what to do, the first few rows and how many more there are. */
export function findingText(
  { text, advice, count, rows }: Pick<Finding, 'text' | 'advice' | 'count' | 'rows'>,
  mostRows = 5,
): string {
  const shown = rows
    .slice(0, mostRows)
    .map(({ file, row, detail }) => `${fileName(file)}:${row}${detail ? ` (${detail})` : ''}`);
  const more = count - shown.length;
  const places = `${shown.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
  return `${text}${advice === undefined ? '' : ` ${advice}`}${shown.length === 0 ? '' : ` (${places})`}`;
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
