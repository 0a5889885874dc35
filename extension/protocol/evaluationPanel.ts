import type { EvaluationRecord } from './evaluation';

/**
 * Messages between the extension host and the Evaluation panel, and their checks. The panel asks (`ready`) and gets the record;
 * the rows it reads by itself, a piece of a file after the other (`read`, `lines`), and goes on where it was when the files have
 * grown. The host looks into neither file: a panel with 100,000 rows costs it the reading and nothing else.
 */

/** The two files of rows in an evaluation's folder, by their names without the ending. */
export const rowFiles = ['examples', 'predictions'] as const;
export type RowFile = (typeof rowFiles)[number];

/** What can be saved. */
export const exportFormats = ['csv', 'jsonl', 'md'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export type ToEvaluationPanel =
  /** The whole record. Sent when it has changed, and to a panel that was loaded anew. */
  | {
      readonly type: 'evaluation';
      /** Absolute; the host needs it back after a reload of the window. */
      readonly folder: string;
      readonly record: EvaluationRecord;
      /** Whether models may run here. */
      readonly trusted: boolean;
      /** Whether this window can stop it. */
      readonly live: boolean;
    }
  /** How far it is; there may be new lines to read. `share`: 0 to 1 where it is known. */
  | { readonly type: 'progress'; readonly text: string; readonly share?: number }
  /** Whole lines of a file: its bytes `from` to `to`, of `size` that it has now. */
  | {
      readonly type: 'lines';
      readonly file: RowFile;
      readonly from: number;
      readonly to: number;
      readonly size: number;
      readonly text: string;
    }
  | { readonly type: 'problem'; readonly folder: string; readonly message: string };

export type FromEvaluationPanel =
  | { readonly type: 'ready' }
  /** Send whole lines of a file, from a byte on. */
  | { readonly type: 'read'; readonly file: RowFile; readonly from: number }
  | { readonly type: 'stop' }
  | { readonly type: 'resume' }
  /** Evaluate only these rows of each data set again, as the readers count them. */
  | { readonly type: 'again'; readonly rows: readonly (readonly number[])[] }
  /** Open a row of a data set (by its index) in its file. */
  | { readonly type: 'openRow'; readonly dataset: number; readonly row: number }
  | { readonly type: 'save'; readonly format: ExportFormat; readonly content: string }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'manageTrust' };

type Fields = Readonly<Record<string, unknown>>;

const longestPath = 10_000;
const longestCopy = 1_000_000;
/** UTF-16 units: a million rows of ordinary reviews. */
const longestContent = 500_000_000;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest;
const isRows = (value: unknown): value is readonly (readonly number[])[] =>
  Array.isArray(value) && value.every((rows) => Array.isArray(rows) && rows.every(isWhole));

/**
 * What the panel sent, or undefined for anything that is not one of its messages. The content of a webview is not trusted:
 * only known fields are taken over.
 */
export function fromEvaluationPanel(message: unknown): FromEvaluationPanel | undefined {
  if (!isFields(message)) return undefined;
  const { type, file, from, rows, dataset, row, format, content, text } = message;
  switch (type) {
    case 'ready':
    case 'stop':
    case 'resume':
    case 'manageTrust':
      return { type };
    case 'read': {
      const known = rowFiles.find((each) => each === file);
      return known && isWhole(from) ? { type, file: known, from } : undefined;
    }
    case 'again':
      return isRows(rows) ? { type, rows } : undefined;
    case 'openRow':
      return isWhole(dataset) && isWhole(row) ? { type, dataset, row } : undefined;
    case 'save': {
      const known = exportFormats.find((each) => each === format);
      return known && isText(content, longestContent) ? { type, format: known, content } : undefined;
    }
    case 'copy':
      return isText(text, longestCopy) ? { type, text } : undefined;
    default:
      return undefined;
  }
}

/** The folder that a panel saved before the window was reloaded, or undefined where there is none. */
export function restoredFolder(state: unknown): string | undefined {
  return isFields(state) && isText(state['folder'], longestPath) ? state['folder'] : undefined;
}

const isRecord = (value: unknown): value is EvaluationRecord =>
  isFields(value) && ['datasets', 'predictors', 'results', 'comparisons'].every((name) => Array.isArray(value[name]));

/** What the host sent, or undefined for anything else that reaches the page's message event. */
export function toEvaluationPanel(message: unknown): ToEvaluationPanel | undefined {
  if (!isFields(message)) return undefined;
  const { type, folder, record, trusted, live, text, share, file, from, to, size } = message;
  switch (type) {
    case 'evaluation':
      return typeof folder === 'string' && isRecord(record)
        ? { type, folder, record, trusted: trusted === true, live: live === true }
        : undefined;
    case 'progress':
      return typeof text === 'string' ? { type, text, ...(typeof share === 'number' ? { share } : {}) } : undefined;
    case 'lines': {
      const known = rowFiles.find((each) => each === file);
      return known && isWhole(from) && isWhole(to) && isWhole(size) && typeof text === 'string'
        ? { type, file: known, from, to, size, text }
        : undefined;
    }
    case 'problem':
      return typeof folder === 'string' && typeof message['message'] === 'string'
        ? { type, folder, message: message['message'] }
        : undefined;
    default:
      return undefined;
  }
}
