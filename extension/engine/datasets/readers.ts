import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { readCsv } from './csv';
import { DatasetError } from './dataset';
import type { Dataset, Doubt, Rejection, Row } from './dataset';
import { labelNamesBeside } from './datasetInfo';
import { decodedText, fileHash, inspectText, isGzip, textBytes } from './encoding';
import type { Entry, Reader } from './entry';
import { readJson } from './json';
import { readJsonl } from './jsonl';
import { readParquet } from './parquet';
import { shardFiles } from './shards';
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

/** What to do with files of other kinds that people have. */
const waysOut: Readonly<Record<string, string>> = {
  '.txt':
    'a text file does not say what its columns are; name it .csv, .tsv or .jsonl, whichever it is, with the names of its columns in the first line',
  '.xlsx': 'is an Excel workbook; save its sheet as CSV',
  '.xls': 'is an Excel workbook; save its sheet as CSV',
  '.ods': 'is a spreadsheet; save its sheet as CSV',
  '.arrow': 'is an Arrow file; write it as Parquet, with pyarrow or Dataset.to_parquet',
  '.feather': 'is an Arrow file; write it as Parquet, with pandas.DataFrame.to_parquet',
  '.pkl': 'is a Python pickle, which can run code and is not opened; write it as Parquet, with DataFrame.to_parquet',
  '.pickle': 'is a Python pickle, which can run code and is not opened; write it as Parquet, with DataFrame.to_parquet',
  '.zip': 'is a ZIP archive; unpack it',
  '.bz2': 'is compressed by bzip2; unpack it with bunzip2',
  '.xz': 'is compressed by xz; unpack it with unxz',
  '.zst': 'is compressed by Zstandard; unpack it with zstd -d',
};

/** Extensions of the files that can be read, with their dot; text may also be compressed, as .jsonl.gz. */
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
 * @param path of a file; of one that holds parts, `data.json#train`; of one in pieces, `train-*-of-00002.parquet`.
 * @throws DatasetError when the file is missing, a folder, empty, of an unknown format, or not what its extension says.
 */
export async function openDataset(path: string, options: ReadOptions = {}): Promise<OpenDataset> {
  const shards = shardFiles(path);
  if (shards) return joined(path, await Promise.all(shards.map((shard) => openDataset(shard, options))));
  const [, file = path, part] = (await exists(path)) ? [] : (/^(.*\.json(?:\.gz)?)#([^#/\\]+)$/i.exec(path) ?? []);
  const extension = extname(isGzip(file) ? file.slice(0, -3) : file).toLowerCase();
  const format = formats[extension];
  const information = await stat(file).catch((error: unknown) => unreadable(file, error));
  if (information.isDirectory()) throw new DatasetError(file, `is a folder; name one of the files in it (${file})`);
  if (!format) {
    const known = datasetExtensions.join(', ');
    throw new DatasetError(file, waysOut[extension] ?? `files of this kind cannot be read; known are ${known}`);
  }
  if (!format.text && isGzip(file))
    throw new DatasetError(file, 'Parquet files have their own compression; unpack it with gunzip');
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
  const hash = isGzip(file) ? await fileHash(file, following) : sha256;
  const text = (): AsyncIterable<string> => decodedText(textBytes(file, following), encoding);
  async function* entries(): AsyncGenerator<Entry> {
    if (encoding.assumed) yield { type: 'note', text: `the file ${encoding.assumed}` };
    for await (const entry of format!.read({ file, text, part })) yield withFaults(entry, encoding.damaged);
  }
  return { file: path, sha256: hash, entries: () => counted(entries()) };
}

/** Several files as one: their rows count on from file to file, and what is to be said of each is said once. */
function joined(file: string, files: readonly OpenDataset[]): OpenDataset {
  const hash = createHash('sha256');
  for (const { sha256 } of files) hash.update(sha256);
  return {
    file,
    sha256: hash.digest('hex'),
    async *entries() {
      const said = new Set<string>();
      let before = 0;
      for (const each of files) {
        let last = 0;
        for await (const entry of each.entries()) {
          if ('row' in entry) {
            last = entry.row;
            yield { ...entry, row: before + entry.row };
          } else if (entry.type === 'doubt') {
            const offset = before;
            yield { ...entry, rows: entry.rows.map((row) => offset + row) };
          } else if (said.size < said.add(JSON.stringify(entry)).size) yield entry;
        }
        before += last;
      }
    },
  };
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** What an entry tells of a row: what is in it, or why it cannot be used; undefined for an entry that is about the whole file. */
export function rowOf(entry: Entry, file: string): Row | Rejection | undefined {
  if (entry.type === 'row') {
    const { row, values, faults } = entry;
    return { row, values: withoutNulls(values), ...(faults && { faults }) };
  }
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
  const doubts: Doubt[] = [];
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
    if (entry.type === 'doubt') doubts.push({ file, text: entry.text, count: entry.count, rows: entry.rows });
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
  // What the file itself says of its classes counts more than what stands beside it.
  const allNames = { ...(await labelNamesBeside(file)), ...labelNames };
  return { file, sha256, columns: [...columns], rows, rejected, notes, doubts, labelNames: allNames, whole };
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

/** @param damaged whether a replacement character stands for bytes that are not valid in the file's encoding. */
function withFaults(entry: Entry, damaged: boolean): Entry {
  if (entry.type !== 'row') return entry;
  const faults = Object.entries(entry.values).flatMap(([column, text]) => {
    const reason = text && fault(text, damaged);
    return reason ? [[column, `column "${column}" ${reason}`] as const] : [];
  });
  return faults.length === 0 ? entry : { ...entry, faults: { ...entry.faults, ...Object.fromEntries(faults) } };
}

function fault(text: string, damaged: boolean): string | undefined {
  if (damaged && text.includes('\uFFFD'))
    return 'has bytes that are not valid in the encoding of the file; save it as UTF-8';
  if (text.includes('\0')) return 'holds a zero byte; remove it';
  return /\p{Surrogate}/u.test(text)
    ? 'holds half of a character (a lone surrogate, as in "\\ud83d"); write the whole character'
    : undefined;
}
