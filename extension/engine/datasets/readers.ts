import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { readCsv } from './csv';
import { DatasetError } from './dataset';
import type { Dataset, Rejection, Row } from './dataset';
import { bytes, decodedText, fileHash, inspectText } from './encoding';
import type { Entry, Reader } from './entry';
import { readJson } from './json';
import { readJsonl } from './jsonl';
import { readParquet } from './parquet';
import { readTsv } from './tsv';

/** File formats by extension. A new one is one file and one line here. */
const formats: Readonly<Record<string, { readonly read: Reader; readonly text: boolean }>> = {
  '.jsonl': { read: readJsonl, text: true },
  '.ndjson': { read: readJsonl, text: true },
  '.json': { read: readJson, text: true },
  '.csv': { read: readCsv, text: true },
  '.tsv': { read: readTsv, text: true },
  '.parquet': { read: readParquet, text: false },
};

/** Extensions of the files that can be read, with their dot. */
export const datasetExtensions: readonly string[] = Object.keys(formats);

export interface OpenDataset {
  readonly file: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
  /** Rows, rejected rows and notes as the file is read; can be asked for more than once. */
  entries(): AsyncGenerator<Entry>;
}

/** How far a file has been read. It may be read more than once: for its hash first. */
export interface ReadProgress {
  readonly bytes: number;
  /** Bytes of the file. */
  readonly total: number;
  /** Rows of this pass so far, those that cannot be used among them. */
  readonly rows: number;
}

export interface ReadOptions {
  /** Ends the reading with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every piece of a text file, and of every row group of a Parquet file. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}

/**
 * Opens a data set file for reading entry by entry, for files of any size.
 * @throws DatasetError when the file is missing, a folder, empty, of an unknown format, or not what its extension says.
 */
export async function openDataset(file: string, options: ReadOptions = {}): Promise<OpenDataset> {
  const format = formats[extname(file).toLowerCase()];
  const information = await stat(file).catch((error: unknown) => unreadable(file, error));
  if (information.isDirectory()) throw new DatasetError(file, `is a folder; name one of the files in it (${file})`);
  if (!format) {
    const known = datasetExtensions.join(', ');
    throw new DatasetError(file, `files of this kind cannot be read; known are ${known}`);
  }
  if (information.size === 0) throw new DatasetError(file, 'the file is empty');
  const { signal, onProgress } = options;
  const total = information.size;
  let rows = 0;
  const onBytes = (bytes: number): void => onProgress?.({ bytes, total, rows });
  const following = { signal, onBytes };
  async function* counted(entries: AsyncGenerator<Entry>): AsyncGenerator<Entry> {
    rows = 0;
    for await (const entry of entries) {
      signal?.throwIfAborted();
      rows++;
      // Rows of a Parquet file do not stand one behind the other, so its bytes say nothing.
      if (!format!.text && rows % 1000 === 0) onBytes(total);
      yield entry;
    }
  }
  if (!format.text) {
    const text = (): never => {
      throw new Error(`${file} is not text`);
    };
    return {
      file,
      sha256: await fileHash(file, following).catch((error: unknown) => unreadable(file, error)),
      entries: () => counted(format.read({ file, text })),
    };
  }
  const { sha256, encoding } = await inspectText(file, following).catch((error: unknown) => unreadable(file, error));
  const text = (): AsyncIterable<string> => decodedText(bytes(file, following), encoding);
  async function* entries(): AsyncGenerator<Entry> {
    if (encoding.name === 'windows-1252') {
      yield { type: 'note', text: 'the file is not UTF-8 and is read as Windows-1252' };
    }
    for await (const entry of format!.read({ file, text })) yield encoding.damaged ? withoutDamage(entry) : entry;
  }
  return { file, sha256, entries: () => counted(entries()) };
}

/** What an entry tells of a row: what is in it, or why it cannot be used; undefined for an entry that is about the whole file. */
export function rowOf(entry: Entry, file: string): Row | Rejection | undefined {
  if (entry.type === 'row') return { row: entry.row, values: withoutNulls(entry.values) };
  return entry.type === 'rejected' ? { file, row: entry.row, reason: entry.reason } : undefined;
}

/** What a row takes in memory beside its text, in characters: measured, rows of two columns. */
const charactersOfRow = 250;

/** Characters of text that a row, or what is said of one, counts as when it is asked how much is held. */
export function heldCharacters(row: Row | Rejection): number {
  if ('reason' in row) return charactersOfRow;
  return Object.values(row.values).reduce((sum, { length }) => sum + length, charactersOfRow);
}

/** Most characters of text that are held of one file, by {@link heldCharacters}: about a gigabyte with all that is made of them. */
export const mostHeld = 2 ** 29;
/** Enough to tell what a file holds. */
const headCharacters = 2 ** 28;

/** The beginning of a data set, and whether that is all of it. */
export interface DatasetHead extends Dataset {
  readonly whole: boolean;
}

/**
 * Reads a whole data set.
 * @param most characters of text, as {@link mostHeld}.
 * @throws DatasetError as {@link openDataset}, when not a single row can be used, and for a file that is too large to be held.
 */
export async function readDataset(file: string, options: ReadOptions = {}, most = mostHeld): Promise<Dataset> {
  const dataset = await readHead(await openDataset(file, options), most);
  if (dataset.whole) return dataset;
  throw new DatasetError(
    file,
    `is too large to be read as a whole: its first ${dataset.rows.length} rows are as much as can be held in memory. ` +
      'Use a file with fewer rows, for example a random part of this one.',
  );
}

/**
 * Reads the rows at the beginning of a data set, up to `most` characters of text.
 * @throws DatasetError when not a single row of them can be used.
 */
export async function readHead(open: OpenDataset, most = headCharacters): Promise<DatasetHead> {
  const { file, sha256 } = open;
  const columns = new Set<string>();
  const rows: Row[] = [];
  const rejected: Rejection[] = [];
  const notes: string[] = [];
  const labelNames: Record<string, readonly string[]> = {};
  let held = 0;
  let whole = true;
  for await (const entry of open.entries()) {
    const row = rowOf(entry, file);
    if (row && held >= most) {
      whole = false;
      break;
    }
    if (entry.type === 'row') for (const column of Object.keys(entry.values)) columns.add(column);
    if (entry.type === 'note') notes.push(entry.text);
    if (entry.type === 'label-names') labelNames[entry.column] = entry.names;
    if (!row) continue;
    held += heldCharacters(row);
    if ('reason' in row) rejected.push(row);
    else rows.push(row);
  }
  if (rows.length === 0) {
    const [first] = rejected;
    const reason = first ? `the first, ${first.row}, ${first.reason}` : 'it has no row';
    throw new DatasetError(file, `no row of the file can be used: ${reason}`);
  }
  return { file, sha256, columns: [...columns], rows, rejected, notes, labelNames, whole };
}

/** What the system says against a file, in words. */
function unreadable(file: string, error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  // Everything else than the system's own errors has its words already, or says that somebody stopped the reading.
  if (typeof code !== 'string') throw error;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'you may not read the file; change its permissions',
  };
  throw new DatasetError(file, `${reasons[code] ?? `cannot be read: ${message}`} (${file})`, { cause: error });
}

function withoutNulls(values: Readonly<Record<string, string | null>>): Row['values'] {
  if (!Object.values(values).includes(null)) return values as Row['values'];
  return Object.fromEntries(Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== null));
}

function withoutDamage(entry: Entry): Entry {
  if (entry.type !== 'row') return entry;
  const damaged = Object.entries(entry.values).find(([, text]) => text?.includes('\uFFFD'));
  if (!damaged) return entry;
  const reason = `column "${damaged[0]}" has bytes that are not valid in the encoding of the file; save it as UTF-8`;
  return { type: 'rejected', row: entry.row, reason };
}
