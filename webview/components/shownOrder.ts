import type { RunRow } from '../../extension/protocol/runsPanel';

/** The runs as a table shows them. */
export interface ShownOrder {
  readonly rows: readonly RunRow[];
  readonly ids: readonly string[];
  readonly indexOf: (id: string | undefined) => number;
}

/** The order shown of some runs; `held`: ids in an order that is kept, as far as they are still there. */
export function shownOrder(rows: readonly RunRow[], held?: readonly string[]): ShownOrder {
  if (held !== undefined) {
    const byId = new Map(rows.map((row) => [row.record.id, row]));
    return shownOrder(held.map((id) => byId.get(id)).filter((row) => row !== undefined));
  }
  const ids = rows.map(({ record }) => record.id);
  const indices = new Map(ids.map((id, index) => [id, index]));
  return { rows, ids, indexOf: (id) => (id === undefined ? -1 : (indices.get(id) ?? -1)) };
}
