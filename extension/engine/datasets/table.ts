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
      return { type: 'rejected', row, reason: `has ${cells} where the header has ${columns.length}` };
    }
    if (record.every((text) => text === '')) return { type: 'rejected', row, reason: 'has no value in any column' };
    return { type: 'row', row, values: Object.fromEntries(columns.map((column, index) => [column, record[index]!])) };
  }
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
