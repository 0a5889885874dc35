import { cellsOfLine, CsvRecord } from './csvRecord';
import type { CsvForm } from './csvForm';
import { csvForm, mostQuoted } from './csvForm';
import type { Entry, Source } from './entry';
import { LineFeed } from './lineFeed';
import type { NumberedLine } from './lineFeed';
import { Table } from './table';

/**
 * Comma-separated values (RFC 4180): quoted cells may hold separators, doubled quotes and line breaks. A quote inside an
 * unquoted cell is an ordinary character. Blank lines are passed over. {@link csvForm} tells the separator and the escapes.
 */
export async function* readCsv(source: Source): AsyncGenerator<Entry> {
  const form = await csvForm(source);
  const { separator, escapes } = form.dialect;
  const name = separatorName(separator);
  if (form.named) yield { type: 'note', text: `the first line names the separator, ${name}` };
  else if (separator !== ',') yield { type: 'note', text: `the columns are separated by ${name}` };
  if (escapes) yield { type: 'note', text: 'a backslash makes the quote or separator behind it part of the text' };
  yield* readSeparated(source, form);
}

/** As a person reads it. */
export function separatorName(separator: string): string {
  return separator === '\t' ? 'tabs' : `"${separator}"`;
}

/**
 * As {@link readCsv}, in a known form. A quoted cell that runs over several lines is one cell, unless its quotes cannot be meant so:
 * it goes on behind the closing quote, is never closed, has not the header's number of cells, or swallows lines that are each a row like
 * the others. Then its opening quote is part of the text, and each line is read on its own.
 */
export async function* readSeparated(source: Source, form: CsvForm): AsyncGenerator<Entry> {
  const feed = new LineFeed(source.text());
  const table = new Table();
  const kept = new Told();
  const apart = new Told();
  const joined = new Told();
  /** The lines of a record that was taken apart: where it began, and where it ended. */
  let doubtful = { from: 0, to: 0 };
  try {
    for (let line = await feed.next(); line; line = await feed.next()) {
      if (line.number <= form.skipped || line.text.trim() === '') continue;
      const record = await wholeRecord(line, feed, form);
      const { verdict, reason } = judge(record, form, table.width);
      if (verdict === 'row' && line.number <= doubtful.to && form.forms.fit(record.cells) === 'no') {
        const why = `may belong to the cell whose quote opens on line ${doubtful.from}`;
        yield { type: 'rejected', row: line.number, reason: `${why}: its cells are unlike those of the other rows` };
        continue;
      }
      if (verdict !== 'apart') {
        if (record.stray) kept.add(line.number);
        if (verdict === 'perhaps a row') joined.add(line.number);
        yield* table.entries(line.number, record.cells);
        continue;
      }
      feed.giveBack(record.lines.slice(1));
      if (record.state !== 'open') doubtful = { from: line.number, to: record.lines.at(-1)!.number };
      const cells = cellsOfLine(line.text, form.dialect);
      if (table.width === undefined || (cells.length === table.width && form.forms.fit(cells) !== 'no')) {
        apart.add(line.number);
        yield* table.entries(line.number, cells);
      } else {
        yield { type: 'rejected', row: line.number, reason };
      }
    }
  } finally {
    await feed.close();
  }
  yield* apart.doubts('a quote that opens a cell is read as text, since it does not close the way quotes do');
  yield* kept.doubts('a quoted cell goes on behind its closing quote and keeps its quotes');
  yield* joined.doubts('a quoted cell runs over lines that each look like a row of their own; it is read as one row');
}

interface WholeRecord {
  readonly lines: readonly NumberedLine[];
  readonly cells: readonly string[];
  readonly state: 'complete' | 'broken' | 'open';
  readonly stray: boolean;
}

/** The record that begins with `first`, and the lines it takes as its quotes stand. */
async function wholeRecord(first: NumberedLine, feed: LineFeed, { dialect }: CsvForm): Promise<WholeRecord> {
  const record = new CsvRecord(dialect);
  const lines = [first];
  let state = record.add(first.text);
  let characters = first.text.length;
  while (state === 'open' && characters < mostQuoted) {
    const next = await feed.next();
    if (!next) break;
    lines.push(next);
    characters += next.text.length;
    state = record.add(next.text);
  }
  return { lines, cells: record.cells, state, stray: record.stray };
}

interface Judgement {
  readonly verdict: 'row' | 'perhaps a row' | 'apart';
  /** What is wrong with the quotes of lines that are to be read apart. */
  readonly reason: string;
}

/**
 * Whether a record is one row.
 * @param width of the header; undefined for the header itself.
 */
function judge(
  { lines, cells, state }: WholeRecord,
  { dialect, forms }: CsvForm,
  width: number | undefined,
): Judgement {
  const last = lines.at(-1)!.number;
  const apart = (why: string): Judgement => ({
    verdict: 'apart',
    reason: `has a quote that opens a cell and ${why}. Close it, or double it if it belongs to the text.`,
  });
  const row: Judgement = { verdict: 'row', reason: '' };
  if (state === 'open') return apart('is never closed');
  if (state === 'broken') return apart(`is closed in the middle of a cell, on line ${last}`);
  if (lines.length === 1 || width === undefined) return row;
  if (cells.length !== width) return apart(`is closed on line ${last}, in a row of ${cells.length} cells`);
  const each = lines.map(({ text }) => cellsOfLine(text, dialect));
  if (each.some(({ length }) => length !== width)) return row;
  const fits = each.map((own) => forms.fit(own));
  if (fits.includes('no')) return row;
  if (fits.includes('unknown')) return { ...row, verdict: 'perhaps a row' };
  return apart(`is closed on line ${last}, behind lines that are rows themselves`);
}

/** Rows of which one thing is to be said. */
class Told {
  #count = 0;
  readonly #first: number[] = [];

  add(row: number): void {
    if (this.#count++ < mostTold) this.#first.push(row);
  }

  *doubts(text: string): Generator<Entry> {
    if (this.#count > 0) yield { type: 'doubt', text, count: this.#count, rows: this.#first };
  }
}
const mostTold = 1000;
