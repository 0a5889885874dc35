import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { Compressors, FileMetaData } from 'hyparquet';
import * as zlib from 'node:zlib';
import { decompress as decompressZstandard } from 'fzstd';
import { DatasetError } from './dataset';
import { classNames } from './datasetInfo';
import { objectEntry } from './entry';
import type { Entry, Source } from './entry';
import { decompressLz4, decompressLz4Raw } from './lz4';
import { columnTexts, pandasParsers } from './parquetValues';
import type { ColumnTexts } from './parquetValues';

/** Apache Parquet; one row group at a time is in memory. Rows count from 1. */
export async function* readParquet({ file }: Source): AsyncGenerator<Entry> {
  const buffer = await asyncBufferFromFile(file);
  let metadata: FileMetaData;
  try {
    metadata = await parquetMetadataAsync(buffer);
  } catch (error) {
    throw new DatasetError(file, `is no Parquet file (${(error as Error).message})`, { cause: error });
  }
  yield* labelNames(metadata);
  const { metadata: readable, texts } = columnTexts(metadata);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    let rows: Record<string, unknown>[];
    try {
      rows = await parquetReadObjects({
        ...{ file: buffer, metadata: readable, rowStart, rowEnd, compressors },
        parsers: pandasParsers,
      });
    } catch (error) {
      const where = `rows ${rowStart + 1} to ${rowEnd}`;
      throw new DatasetError(file, `${where} cannot be read (${(error as Error).message})`, { cause: error });
    }
    for (const [index, row] of rows.entries()) yield objectEntry(rowStart + index + 1, printed(row, texts));
    rowStart = rowEnd;
  }
}

function printed(row: Record<string, unknown>, texts: ColumnTexts): Record<string, unknown> {
  for (const [column, text] of texts) {
    const value = row[column];
    if (value !== null && value !== undefined) row[column] = text(value);
  }
  return row;
}

/** Beside Snappy, which hyparquet has itself. */
const compressors: Compressors = {
  GZIP: (input) => zlib.gunzipSync(input),
  BROTLI: (input) => zlib.brotliDecompressSync(input),
  ZSTD: (input) => decompressZstandard(input),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

/** The `datasets` library keeps the features of a data set, with the names of its classes, beside the columns. */
function* labelNames(metadata: FileMetaData): Generator<Entry> {
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return;
  let info: unknown;
  try {
    info = (JSON.parse(text) as { info?: unknown } | null)?.info;
  } catch {
    // Another program's metadata; the columns are readable without it.
  }
  for (const [column, names] of Object.entries(classNames(info))) yield { type: 'label-names', column, names };
}
