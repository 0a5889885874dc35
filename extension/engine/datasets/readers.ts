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
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
  /** Rows, rejected rows and notes as the file is read; can be asked for more than once. */
  entries(): AsyncGenerator<Entry>;
}

/**
 * Opens a data set file for reading entry by entry, for files of any size.
 * @throws DatasetError when the file is missing, a folder, empty, of an unknown format, or not what its extension says.
 */
export async function openDataset(file: string): Promise<OpenDataset> {
  const format = formats[extname(file).toLowerCase()];
  const information = await stat(file).catch((error: unknown) => unreadable(file, error));
  if (information.isDirectory()) throw new DatasetError(file, `is a folder; name one of the files in it (${file})`);
  if (!format) {
    const known = datasetExtensions.join(', ');
    throw new DatasetError(file, `files of this kind cannot be read; known are ${known}`);
  }
  if (information.size === 0) throw new DatasetError(file, 'the file is empty');
  if (!format.text) {
    const text = (): never => {
      throw new Error(`${file} is not text`);
    };
    return {
      sha256: await fileHash(file).catch((error: unknown) => unreadable(file, error)),
      entries: () => format.read({ file, text }),
    };
  }
  const { sha256, encoding } = await inspectText(file).catch((error: unknown) => unreadable(file, error));
  const text = (): AsyncIterable<string> => decodedText(bytes(file), encoding);
  async function* entries(): AsyncGenerator<Entry> {
    if (encoding.name === 'windows-1252') {
      yield { type: 'note', text: 'the file is not UTF-8 and is read as Windows-1252' };
    }
    for await (const entry of format!.read({ file, text })) yield encoding.damaged ? withoutDamage(entry) : entry;
  }
  return { sha256, entries };
}

/**
 * Reads a whole data set.
 * @throws DatasetError as {@link openDataset}, and when not a single row can be used.
 */
export async function readDataset(file: string): Promise<Dataset> {
  const open = await openDataset(file);
  const columns = new Set<string>();
  const rows: Row[] = [];
  const rejected: Rejection[] = [];
  const notes: string[] = [];
  const labelNames: Record<string, readonly string[]> = {};
  for await (const entry of open.entries()) {
    switch (entry.type) {
      case 'row':
        for (const column of Object.keys(entry.values)) columns.add(column);
        rows.push({ row: entry.row, values: withoutNulls(entry.values) });
        break;
      case 'rejected':
        rejected.push({ file, row: entry.row, reason: entry.reason });
        break;
      case 'note':
        notes.push(entry.text);
        break;
      case 'label-names':
        labelNames[entry.column] = entry.names;
        break;
    }
  }
  if (rows.length === 0) {
    const [first] = rejected;
    const reason = first ? `the first, ${first.row}, ${first.reason}` : 'it has no row';
    throw new DatasetError(file, `no row of the file can be used: ${reason}`);
  }
  return { file, sha256: open.sha256, columns: [...columns], rows, rejected, notes, labelNames };
}

/** What the system says against a file, in words. */
function unreadable(file: string, error: unknown): never {
  if (error instanceof DatasetError) throw error;
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'you may not read the file; change its permissions',
  };
  throw new DatasetError(file, `${reasons[code ?? ''] ?? `cannot be read: ${message}`} (${file})`, { cause: error });
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
