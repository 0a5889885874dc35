import { DatasetError } from './dataset';
import { objectEntry } from './entry';
import type { Entry, Source } from './entry';
import { jsonEntry } from './jsonl';

/**
 * A JSON file: an array of objects (read element by element), objects one after the other (JSON Lines under another
 * name), one object of columns `{"text": [...], "label": [...]}`, or one object with a single array of objects in it.
 * The last two are held whole in memory.
 */
export async function* readJson(source: Source): AsyncGenerator<Entry> {
  // The first outermost object waits for a second one, which tells rows from columns.
  let first: JsonText | undefined;
  let count = 0;
  for await (const value of values(source)) {
    count++;
    if (count === 1 && !value.inArray) {
      first = value;
      continue;
    }
    if (first) yield jsonEntry(first.line, first.text);
    first = undefined;
    yield value.inArray ? elementEntry(count, value) : jsonEntry(value.line, value.text);
  }
  if (first) yield* singleObject(first, source.file);
}

/** An array may stand on one line, so its elements are counted; where one is wrong, its line is told, too. */
function elementEntry(row: number, { line, text }: JsonText): Entry {
  const entry = jsonEntry(row, text);
  return entry.type === 'rejected' ? { ...entry, reason: `${entry.reason} (line ${line})` } : entry;
}

interface JsonText {
  /** On which the value starts. */
  readonly line: number;
  readonly text: string;
  readonly inArray: boolean;
}

/**
 * Cuts the text into the elements of its outermost array, or into its outermost values, by counting brackets outside of
 * strings. What a cut holds is checked by JSON.parse later.
 */
async function* values(source: Source): AsyncGenerator<JsonText> {
  let line = 1;
  let depth = 0;
  let inArray = false;
  let inString = false;
  let escaped = false;
  /** The value being read: where it starts, and its part in earlier chunks. */
  let begunLine = 0;
  let begun = false;
  let carried = '';
  for await (const chunk of source.text()) {
    let start = 0;
    const cut = (end: number): JsonText => {
      const text = begun ? carried + chunk.slice(start, end) : '';
      carried = '';
      begun = false;
      return { line: text === '' ? line : begunLine, text, inArray };
    };
    for (let at = 0; at < chunk.length; at++) {
      const character = chunk[at]!;
      if (character === '\n') {
        line++;
        if (begun && depth === 0) yield cut(at);
      } else if (inString) {
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') inString = false;
      } else if (character === '[' && depth === 0 && !begun) {
        inArray = true;
        depth = 1;
      } else if (inArray && depth === 1 && (character === ',' || character === ']')) {
        if (begun || character === ',') yield cut(at);
        if (character === ']') {
          inArray = false;
          depth = 0;
        }
      } else if (begun || character.trim() !== '') {
        if (!begun) {
          begun = true;
          start = at;
          begunLine = line;
        }
        if (character === '"') inString = true;
        else if (character === '{' || character === '[') depth++;
        else if (character === '}' || character === ']') {
          depth = Math.max(depth - 1, inArray ? 1 : 0);
          if (depth === 0) yield cut(at + 1);
        }
      }
    }
    if (begun) carried += chunk.slice(start);
  }
  if (depth > 0 || inString) {
    const where = begun ? `what starts on line ${begunLine} is not closed` : 'its array is not closed';
    throw new DatasetError(source.file, `the JSON ends before it is complete: ${where}`);
  }
  if (begun) yield { line: begunLine, text: carried, inArray };
}

/** A file that is one object. */
function* singleObject({ line, text }: JsonText, file: string): Generator<Entry> {
  const entry = jsonEntry(line, text);
  if (entry.type === 'rejected') throw new DatasetError(file, `line ${line} ${entry.reason}`);
  const object = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const columns = Object.entries(object);
  const [only] = columns;
  if (columns.length === 1 && isArray(only![1]) && only![1].every(isObject)) {
    for (const [index, value] of only![1].entries()) yield objectEntry(index + 1, value);
  } else if (columns.every(([, value]) => isArray(value) || isObject(value))) {
    yield* columnEntries(columns as [string, object][], file);
  } else {
    yield entry;
  }
}

/** Rows of `{column: [value, ...]}` or `{column: {index: value, ...}}`, as data frames are written. */
function* columnEntries(columns: readonly [string, object][], file: string): Generator<Entry> {
  const indices = Object.keys(columns[0]![1]);
  for (const [name, cells] of columns) {
    const count = Object.keys(cells).length;
    if (count === indices.length) continue;
    throw new DatasetError(
      file,
      `column "${name}" has ${count} values and "${columns[0]![0]}" has ${indices.length}; give all columns the same number`,
    );
  }
  for (const [position, index] of indices.entries()) {
    const values = columns.map(([name, cells]) => [name, (cells as Readonly<Record<string, unknown>>)[index]]);
    yield objectEntry(position + 1, Object.fromEntries(values));
  }
}

function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value);
}
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
