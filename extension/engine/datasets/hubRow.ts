import { objectEntry } from './entry';
import type { Entry } from './entry';

type JsonObject = Readonly<Record<string, unknown>>;

/** The row that a JSON value holds. One of the hub's viewer stands in `row`; cells that the viewer cut short are named beside it. */
export function rowEntry(row: number, value: unknown): Entry {
  if (!isHubRow(value)) return objectEntry(row, value);
  const cut = isArray(value.truncated_cells) ? value.truncated_cells.map(String) : [];
  const entry = objectEntry(row, value.row);
  if (entry.type === 'rejected' || cut.length === 0) return entry;
  const faults = cut.map((column) => [
    column,
    `column "${column}" was cut short by the hub's viewer; download the file itself`,
  ]);
  return { ...entry, faults: Object.fromEntries(faults) as Record<string, string> };
}

/** Whether a value is a row as the hub's viewer has it: `{"row_idx": 0, "row": {...}}`. */
export function isHubRow(value: unknown): value is JsonObject {
  return isObject(value) && isObject(value.row) && 'row_idx' in value;
}

function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value);
}
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
