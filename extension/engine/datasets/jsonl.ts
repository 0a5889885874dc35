import { objectEntry } from './entry';
import type { Entry, Source } from './entry';
import { lines } from './lines';

/** JSON Lines (https://jsonlines.org): one object a line. Blank lines are passed over. */
export async function* readJsonl(source: Source): AsyncGenerator<Entry> {
  let row = 0;
  for await (const line of lines(source.text())) {
    row++;
    if (line.trim() === '') continue;
    yield jsonEntry(row, line);
  }
}

/** The row that a JSON text holds, or why it holds none. */
export function jsonEntry(row: number, text: string): Entry {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { type: 'rejected', row, reason: `is not JSON (${(error as Error).message})` };
  }
  return objectEntry(row, value);
}
