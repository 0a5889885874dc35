/** One number that was measured, and what it is to be. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: 's' | 'ms' | 'MB' | 'kB' | '%' | 'rows/s' | 'frames' | 'x';
  readonly aim?: { readonly most: number } | { readonly least: number };
}

/** A part of the bench: one file and one line in table.ts. */
export type Bench = () => Promise<readonly Measurement[]>;

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Whether the aim is met; undefined where there is none. */
export function isMet({ value, aim }: Measurement): boolean | undefined {
  if (aim === undefined) return undefined;
  return 'most' in aim ? value <= aim.most : value >= aim.least;
}

export function measurementRow(measurement: Measurement): readonly string[] {
  const { what, value, unit, aim } = measurement;
  const text = aim === undefined ? '' : 'most' in aim ? `at most ${aim.most} ${unit}` : `at least ${aim.least} ${unit}`;
  const met = isMet(measurement);
  return [what, `${shown(value)} ${unit}`, text, met === undefined ? '' : met ? 'met' : 'missed'];
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
