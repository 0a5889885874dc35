import type { RunRow } from '../../extension/protocol/runsPanel';
import { columnById } from './columns';
import { searchText } from './runFacts';
import type { Sort } from './uiState';

type Value = string | number | undefined;

/** "run 9" before "run 10". Made once: making it is most of a comparison. */
const collator = new Intl.Collator(undefined, { numeric: true });

function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}

/**
 * The rows as the table shows them: those that have every word of the filter, pinned ones on top, sorted by a column. Rows
 * without a value come last in either direction; the newest of equal ones comes first.
 */
export function orderRows(rows: Iterable<RunRow>, filter: string, sort: Sort): readonly RunRow[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const value = columnById(sort.column)?.value ?? ((): undefined => undefined);
  const direction = sort.descending ? -1 : 1;
  const kept: { row: RunRow; value: Value; pinned: number }[] = [];
  for (const row of rows) {
    if (words.length > 0) {
      const text = searchText(row);
      if (!words.every((word) => text.includes(word))) continue;
    }
    kept.push({ row, value: value(row), pinned: row.marks.pinned === true ? 0 : 1 });
  }
  kept.sort((a, b) => {
    if (a.pinned !== b.pinned) return a.pinned - b.pinned;
    const missing = Number(a.value === undefined) - Number(b.value === undefined);
    if (missing !== 0) return missing;
    const order = a.value === undefined ? 0 : direction * compare(a.value, b.value);
    if (order !== 0) return order;
    return a.row.record.createdAt < b.row.record.createdAt ? 1 : -1;
  });
  return kept.map(({ row }) => row);
}
