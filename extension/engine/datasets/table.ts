import type { Entry, NoteEntry, RejectedEntry, RowEntry } from './entry';

/** Turns the records of a delimited file into entries: the first record names the columns. */
export class Table {
  private columns: readonly string[] | undefined;

  /** How many columns there are; undefined before the header. */
  get width(): number | undefined {
    return this.columns?.length;
  }

  /** @param row line on which the record starts. */
  *entries(row: number, record: readonly string[]): Generator<Entry> {
    if (this.columns) {
      yield this.rowEntry(row, record, this.columns);
      return;
    }
    const notes: NoteEntry[] = [];
    this.columns = columnNames(record, notes);
    yield* notes;
  }

  private rowEntry(row: number, record: readonly string[], columns: readonly string[]): RowEntry | RejectedEntry {
    if (record.length !== columns.length) {
      const cells = record.length === 1 ? '1 cell' : `${record.length} cells`;
      const advice = wayOut(record, columns);
      return { type: 'rejected', row, reason: `has ${cells} where the header has ${columns.length}; ${advice}` };
    }
    if (record.every((text) => text === '')) return { type: 'rejected', row, reason: 'has no value in any column' };
    return { type: 'row', row, values: Object.fromEntries(columns.map((column, index) => [column, record[index]!])) };
  }
}

/** What to do with a record that has not the header's number of cells. */
function wayOut(record: readonly string[], columns: readonly string[]): string {
  if (record.length < columns.length) return 'add the missing cells, or remove the line if it is no row';
  if (record.slice(columns.length).every((text) => text.trim() === '')) {
    return 'its last cells are empty: end the header with as many separators, or remove them from the ends of the rows';
  }
  if (columns.length === 1)
    return `the first line, "${cutText(columns[0]!)}", must name the columns: remove what stands above their names`;
  return 'write a text that holds the separator in double quotes';
}

function cutText(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

/** Names are trimmed; one that is empty or occurs before is replaced, so that no column hides another. */
function columnNames(header: readonly string[], notes: NoteEntry[]): string[] {
  const given = header.map((name) => name.trim());
  const taken = new Set<string>();
  return given.map((name, index) => {
    let unique = name === '' ? `column_${index + 1}` : name;
    for (let copy = 2; taken.has(unique) || (unique !== name && given.includes(unique)); copy++) {
      unique = `${name === '' ? `column_${index + 1}` : name}_${copy}`;
    }
    taken.add(unique);
    if (unique !== name) {
      const why = name === '' ? 'has no name' : `repeats the name "${name}"`;
      notes.push({ type: 'note', text: `column ${index + 1} ${why} and is called "${unique}"` });
    }
    return unique;
  });
}
