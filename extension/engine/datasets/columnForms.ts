/** Most different values that a column of labels has. */
const mostValues = 64;

/** What the values of each column look like in the rows that are beyond doubt, to judge the others by. */
export class ColumnForms {
  #columns: { plain: boolean; readonly values: Set<string> }[] | undefined;
  #rows = 0;

  /** @param cells of a row beyond doubt, one a column. */
  add(cells: readonly string[]): void {
    this.#columns ??= cells.map(() => ({ plain: true, values: new Set() }));
    this.#rows++;
    for (const [index, column] of this.#columns.entries()) {
      const value = cells[index]!.trim();
      column.plain &&= isPlain(value);
      if (column.values.size <= mostValues) column.values.add(value);
    }
  }

  /**
   * Whether `cells` look like a row: 'yes' where every column of numbers, truth values or few different words holds such a one,
   * 'no' where one does not, and 'unknown' where there is no column of that kind.
   */
  fit(cells: readonly string[]): 'yes' | 'no' | 'unknown' {
    const telling = (this.#columns ?? []).flatMap(({ plain, values }, index) => {
      const value = cells[index]?.trim() ?? '';
      if (plain) return [isPlain(value)];
      return values.size <= mostValues && values.size * 2 <= this.#rows ? [values.has(value)] : [];
    });
    if (telling.length === 0) return 'unknown';
    return telling.every(Boolean) ? 'yes' : 'no';
  }
}

/** Numbers, truth values, and nothing. */
function isPlain(value: string): boolean {
  return /^(|[-+]?\d+(\.\d+)?(e[-+]?\d+)?|true|false)$/i.test(value);
}
