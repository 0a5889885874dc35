import { ColumnForms } from '../../../extension/engine/datasets/columnForms';
import { readSeparated } from '../../../extension/engine/datasets/csv';
import type { Entry } from '../../../extension/engine/datasets/entry';
import { readJson } from '../../../extension/engine/datasets/json';
import { readJsonLines } from '../../../extension/engine/datasets/jsonl';
import { readLines } from '../../../extension/engine/datasets/tsv';

type TextReader = (chunks: AsyncIterable<string>) => AsyncGenerator<Entry>;

function source(chunks: AsyncIterable<string>): { file: string; text: () => AsyncIterable<string> } {
  return { file: 'large', text: () => chunks };
}

const csv = { dialect: { separator: ',', escapes: false }, skipped: 0, named: false, forms: new ColumnForms() };

/** The readers of a text that can be read only once. */
export const readers: Readonly<Record<string, TextReader>> = {
  jsonl: (chunks) => readJsonLines(source(chunks)),
  json: (chunks) => readJson(source(chunks)),
  csv: (chunks) => readSeparated(source(chunks), csv),
  tsv: (chunks) => readLines(source(chunks)),
};
