import { objectEntry } from './entry';
import type { Entry, Source } from './entry';
import { rowEntry } from './hubRow';
import { readJson } from './json';
import { lines } from './lines';
import { parseJson } from './pythonJson';

/**
 * JSON Lines (https://jsonlines.org): one object or list a line. Blank lines are passed over, and so is a comma at the end of a line. A file of
 * that name which is an array, or whose objects take several lines each or share one, is read as JSON.
 */
export async function* readJsonl(source: Source): AsyncGenerator<Entry> {
  if (!(await isByLine(source))) {
    yield* readJson(source);
    return;
  }
  yield* readJsonLines(source);
}

/** One value a line, whatever else the file may be. */
export async function* readJsonLines(source: Source): AsyncGenerator<Entry> {
  let row = 0;
  /** As the first row is; among objects a list is a fault. */
  let lists: boolean | undefined;
  for await (const line of lines(source.text())) {
    row++;
    // Files that were put one behind the other may each begin with a byte order mark, which counts as space.
    const text = line.trim();
    if (text === '' || text === ',') continue;
    const value = text.endsWith(',') ? text.slice(0, -1) : text;
    const areLists = lists ?? value.startsWith('[');
    const entry = areLists && value.startsWith('[') ? listEntry(row, value) : jsonEntry(row, value);
    if (lists === undefined && areLists && entry.type === 'row') yield listNote;
    if (entry.type === 'row') lists = areLists;
    yield entry;
  }
}

/** What to know of rows that {@link listEntry} reads. */
export const listNote: Entry = {
  type: 'note',
  text: 'the rows are lists; their columns are called "0", "1" and so on',
};

/** The row that a JSON list holds, its columns called as pandas calls them, or why it holds none. */
export function listEntry(row: number, text: string): Entry {
  try {
    return objectEntry(row, Object.fromEntries((parseJson(text) as unknown[]).entries()));
  } catch (error) {
    return { type: 'rejected', row, reason: `is ${(error as Error).message}` };
  }
}

/** The row that a JSON text holds, or why it holds none. */
export function jsonEntry(row: number, text: string): Entry {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    return { type: 'rejected', row, reason: `is ${(error as Error).message}` };
  }
  return rowEntry(row, value);
}

/** A longer beginning without a line end is one long line. */
const headCharacters = 2 ** 20;

/** Whether each line is a value, by the first two that are not blank; one damaged line is not the end of that. */
async function isByLine(source: Source): Promise<boolean> {
  let head = '';
  for await (const chunk of source.text()) {
    head += chunk;
    if (head.trimStart().split(/\n\s*/, 3).length === 3 || head.length > headCharacters) break;
  }
  const [first = '', second] = head.trim().split(/\n\s*/, 2);
  if (/^\[\s*([[{]|$)/.test(first)) return false;
  // Objects one behind the other on one line, as some programs append them.
  const ends = [...first.matchAll(/\}(?=\s*\{)/g)].slice(0, 20);
  if (ends.some(({ index }) => isValue(first.slice(0, index + 1)))) return false;
  const opensObject = /^\{.*[[{,:]$/.test(first) || first === '{';
  return !opensObject || isValue(first) || (second !== undefined && isValue(second));
}

function isValue(line: string): boolean {
  const text = line.trim().replace(/,$/, '');
  if (!text.startsWith('{')) return false;
  try {
    return typeof parseJson(text) === 'object';
  } catch {
    return false;
  }
}
