import { parse } from 'csv-parse';
import { pipeline, Readable } from 'node:stream';
import { DatasetError } from './dataset';
import type { Entry, Source } from './entry';
import { lines } from './lines';
import { Table } from './table';

/**
 * Comma-separated values (RFC 4180): quoted cells may hold separators, doubled quotes and line breaks. A quote inside an
 * unquoted cell is an ordinary character. Blank lines are passed over. The separator is the one of `,` `;` tab `|` that
 * the header holds most often, since spreadsheets write `;` where the comma is the decimal sign.
 */
export async function* readCsv(source: Source): AsyncGenerator<Entry> {
  const separator = await headerSeparator(source);
  if (separator !== ',') {
    const name = separator === '\t' ? 'tabs' : `"${separator}"`;
    yield { type: 'note', text: `the columns are separated by ${name}` };
  }
  yield* readSeparated(source, separator);
}

/** As {@link readCsv}, with a known separator. */
export async function* readSeparated(source: Source, separator: string): AsyncGenerator<Entry> {
  const parser = parse({
    delimiter: separator,
    info: true,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  // An error reaches the loop below through the parser, which the pipeline destroys with it.
  pipeline(Readable.from(source.text()), parser, () => undefined);
  const table = new Table();
  let lastLine = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      lastLine = info.lines;
      yield* table.entries(lastLine - record.reduce((breaks, text) => breaks + lineBreaks(text), 0), record);
    }
  } catch (error) {
    if ((error as { code?: string }).code !== 'CSV_QUOTE_NOT_CLOSED') throw error;
    throw new DatasetError(
      source.file,
      `a quote that opens after line ${lastLine} is never closed, so that the rest of the file cannot be read. ` +
        'Close it, or double it if it belongs to the text.',
      { cause: error },
    );
  }
}

async function headerSeparator(source: Source): Promise<string> {
  for await (const line of lines(source.text())) {
    if (line.trim() === '') continue;
    const unquoted = line.replace(/"[^"]*"/g, '');
    const counts = [',', ';', '\t', '|'].map((each) => [each, unquoted.split(each).length - 1] as const);
    return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
  }
  return ',';
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
