import { readSeparated, separatorName } from './csv';
import { csvForm } from './csvForm';
import type { Entry, Source } from './entry';
import { lines } from './lines';
import { Table } from './table';

/**
 * Tab-separated values. Some programs quote cells as in CSV, others never quote and take `"` as an ordinary character.
 * A file in which no quoted cell runs over a tab or a line end is read line by line, without the quotes around whole
 * cells; any other one as CSV with tabs.
 */
export async function* readTsv(source: Source): AsyncGenerator<Entry> {
  const form = await csvForm(source, '\t');
  const { dialect, named } = form;
  if (named) yield { type: 'note', text: `the first line names the separator, ${separatorName(dialect.separator)}` };
  if (named || dialect.escapes || (await hasRunningQuotes(source))) yield* readSeparated(source, form);
  else yield* readLines(source);
}

/** One row a line, whatever quotes are in it. */
export async function* readLines(source: Source): AsyncGenerator<Entry> {
  const table = new Table();
  let row = 0;
  for await (const line of lines(source.text())) {
    row++;
    if (line.trim() !== '') yield* table.entries(row, line.split('\t').map(unquoted));
  }
}

const wholeQuoted = /^"(?:[^"]|"")*"$/;
function unquoted(cell: string): string {
  return wholeQuoted.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

/** Whether some line has the wrong number of cells and a cell whose opening quote does not close in it. */
async function hasRunningQuotes(source: Source): Promise<boolean> {
  let columns: number | undefined;
  for await (const line of lines(source.text())) {
    if (line.trim() === '') continue;
    const cells = line.split('\t');
    columns ??= cells.length;
    if (cells.length !== columns && cells.some((cell) => cell.startsWith('"') && !wholeQuoted.test(cell))) return true;
  }
  return false;
}
