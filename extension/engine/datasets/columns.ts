import type { Dataset } from './dataset';
import { cell } from './dataset';

/** What a column holds, for choosing what to do with it. */
export interface ColumnSummary {
  readonly name: string;
  /** The first few different values, shortened to {@link exampleCharacters}. */
  readonly examples: readonly string[];
  /** Number of different values; '' and missing ones do not count. */
  readonly distinct: number;
  /** Over the rows that have a value. */
  readonly medianCharacters: number;
  /** Rows that have a value. */
  readonly filled: number;
  /** Value -> rows, most frequent first; only where there are at most {@link mostValues} values. */
  readonly counts?: ReadonlyMap<string, number>;
}
const exampleCharacters = 200;
const mostValues = 100;

/** One summary a column, in the order of the columns. */
export function summarizeColumns(dataset: Dataset): ColumnSummary[] {
  return dataset.columns.map((name) => {
    const counts = new Map<string, number>();
    const lengths: number[] = [];
    for (const row of dataset.rows) {
      const text = cell(row, name)?.trim();
      if (text === undefined || text === '') continue;
      counts.set(text, (counts.get(text) ?? 0) + 1);
      lengths.push(text.length);
    }
    const byCount = [...counts].sort((a, b) => b[1] - a[1]);
    return {
      name,
      examples: [...counts.keys()].slice(0, 3).map(shortened),
      distinct: counts.size,
      medianCharacters: percentile(lengths, 0.5),
      filled: lengths.length,
      ...(counts.size <= mostValues && { counts: new Map(byCount) }),
    };
  });
}

/** The smallest of `values` that at least `share` of them do not exceed (nearest rank); 0 for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function shortened(text: string): string {
  return text.length <= exampleCharacters ? text : `${text.slice(0, exampleCharacters - 1)}…`;
}
