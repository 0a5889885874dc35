import { DatasetError } from './dataset';
import { objectEntry } from './entry';
import type { Entry, Source } from './entry';
import { isHubRow, rowEntry } from './hubRow';
import { partNamed } from './partNames';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The rows of a file that is one value, an object:
 * - `{"train": [...], "test": [...]}`, parts of one data set, of which {@link Source.part} names the one that is read;
 * - the hub's rows `{"rows": [{"row_idx": 0, "row": {...}}]}`;
 * - pandas' orients: split, columns, index, table (records and values are arrays);
 * - one list of objects, wherever it stands: `{"version": "1.1", "data": [...]}`;
 * - else the object is one row.
 * @throws DatasetError that names the shape where it does not say what its rows are.
 */
export function* objectShape(value: unknown, source: Source): Generator<Entry> {
  if (!isObject(value)) {
    const entry = objectEntry(1, value);
    throw new DatasetError(source.file, entry.type === 'rejected' ? entry.reason : 'is no object');
  }
  const parts = partsOf(value);
  if (parts) {
    const rows = source.part === undefined ? undefined : value[source.part];
    if (rows !== undefined) yield* collection(rows, source);
    else throw new DatasetError(source.file, whichPart(value, source));
    return;
  }
  yield* collection(value, source);
}

/** The keys of an object whose properties are the parts of a data set; undefined for any other object. */
export function partsOf(value: unknown): string[] | undefined {
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  const isPart = (key: string): boolean => partNamed(key) !== undefined && isCollection(value[key]);
  return keys.length > 1 && keys.every(isPart) ? keys : undefined;
}

function whichPart(value: JsonObject, { part }: Source): string {
  const keys = Object.keys(value);
  const known = keys.map((key) => `"${key}"`).join(', ');
  if (part !== undefined) return `has no part "${part}"; its parts are ${known}`;
  return `holds the parts ${known} of a data set; name one of them behind a #, as in "data.json#${keys[0]!}"`;
}

/** Rows as a list, or as one object. */
function* collection(value: unknown, { file }: Source): Generator<Entry> {
  if (isArray(value)) {
    yield* listRows(value);
    return;
  }
  const object = value as JsonObject;
  const found = tableRows(object) ?? columnRows(object, file) ?? indexRows(object);
  if (found) {
    yield* found;
    return;
  }
  const lists = objectLists(object);
  const [only] = lists;
  if (lists.length > 1) {
    const names = lists.map(({ path, rows }) => `"${path}" (${rows.length})`).join(', ');
    throw new DatasetError(
      file,
      `holds several lists of objects, ${names}, and does not say which are the rows. Write the one you want to a file of its own.`,
    );
  }
  if (!only) {
    yield objectEntry(1, object);
    return;
  }
  if (only.path !== Object.keys(object).join()) {
    yield { type: 'note', text: `the rows are those of "${only.path}"; what else the file holds is not used` };
  }
  yield* classNames(object.features);
  yield* listRows(only.rows);
}

function* listRows(rows: readonly unknown[]): Generator<Entry> {
  for (const [index, row] of rows.entries()) yield rowEntry(index + 1, row);
}

/** pandas' split: a list of names beside a list of lists that are each as long. */
function tableRows(object: JsonObject): Generator<Entry> | undefined {
  const tables = Object.values(object).filter(
    (each): each is unknown[][] => isArray(each) && each.length > 0 && each.every(isArray),
  );
  const [rows] = tables;
  if (!rows || tables.length > 1) return undefined;
  const isNames = (each: unknown): each is string[] =>
    isArray(each) && each.length === rows[0]!.length && each.every((name) => typeof name === 'string');
  const names = ['columns', 'header', 'headers', 'names', 'fields'].map((key) => object[key]).find(isNames);
  return names && namedRows(names, rows);
}

function* namedRows(names: readonly string[], rows: readonly (readonly unknown[])[]): Generator<Entry> {
  for (const [index, cells] of rows.entries()) {
    const row = index + 1;
    if (cells.length === names.length)
      yield objectEntry(row, Object.fromEntries(names.map((name, at) => [name, cells[at]])));
    else yield { type: 'rejected', row, reason: `has ${cells.length} cells where there are ${names.length} columns` };
  }
}

/** pandas' columns, `{"text": {"0": "a"}}`, and columns as lists, `{"text": ["a"]}`. */
function columnRows(object: JsonObject, file: string): Generator<Entry> | undefined {
  const columns = Object.entries(object);
  const lists = columns.every(([, value]) => isArray(value));
  if (lists && columns.some(([, value]) => isArray(value) && !(value.length > 0 && value.every(isObject)))) {
    // An empty list beside a list of objects is no column.
    if (columns.some(([, value]) => isArray(value) && value.length > 0 && !value.every(isObject)))
      return cellsByColumn(columns, file);
    return undefined;
  }
  if (lists || !columns.every(([, value]) => isObject(value)) || isByRow(object)) return undefined;
  const [, first] = columns[0]!;
  return isNumbered(first as JsonObject) || objectLists(object).length === 0 ? cellsByColumn(columns, file) : undefined;
}

function* cellsByColumn(columns: readonly (readonly [string, unknown])[], file: string): Generator<Entry> {
  const cells = columns.map(([name, value]) => [name, value as JsonObject] as const);
  const indices = Object.keys(cells[0]![1]);
  for (const [name, column] of cells) {
    const count = Object.keys(column).length;
    if (count === indices.length) continue;
    throw new DatasetError(
      file,
      `column "${name}" has ${count} values and "${cells[0]![0]}" has ${indices.length}; give all columns the same number`,
    );
  }
  for (const [position, index] of indices.entries()) {
    yield objectEntry(position + 1, Object.fromEntries(cells.map(([name, column]) => [name, column[index]])));
  }
}

/** pandas' index: `{"0": {"text": "a"}, "1": {"text": "b"}}`, also with keys of any other kind. */
function indexRows(object: JsonObject): Generator<Entry> | undefined {
  const rows = Object.values(object);
  return rows.length > 0 && rows.every(isObject) && isByRow(object) ? listRows(rows) : undefined;
}

/**
 * Whether the keys of an object of objects are rows rather than columns: numbers are rows; else the side whose values are of one
 * type each are the columns, and the shorter side where that is true of both.
 */
function isByRow(object: JsonObject): boolean {
  const outer = Object.keys(object);
  const rows = Object.values(object) as JsonObject[];
  const inner = Object.keys(rows[0]!);
  if (rows.some((row) => Object.keys(row).some((key) => !inner.includes(key)) && outer.length > 1)) return false;
  if (isNumbered(rows[0]!)) return false;
  if (isNumbered(object)) return true;
  const scalar = rows.every((row) => Object.values(row).every((value) => !isArray(value) && !isObject(value)));
  if (!scalar) return false;
  const types = (values: readonly unknown[]): number =>
    new Set(values.filter((value) => value !== null).map((value) => typeof value)).size;
  const mixedRows = rows.some((row) => types(Object.values(row)) > 1);
  const mixedColumns = inner.some((key) => types(rows.map((row) => row[key])) > 1);
  return mixedRows === mixedColumns ? outer.length > inner.length : mixedRows;
}

function isNumbered(object: JsonObject): boolean {
  return Object.keys(object).every((key) => /^\d+$/.test(key));
}

interface ObjectList {
  readonly path: string;
  readonly rows: readonly unknown[];
}

/** Lists of objects, or of the hub's rows alone where there are any; the nearest level that has some. */
function objectLists(object: JsonObject, path: readonly string[] = [], depth = 0): ObjectList[] {
  const entries = Object.entries(object);
  const lists = entries.flatMap(([key, value]): ObjectList[] =>
    isArray(value) && value.length > 0 && value.every(isObject)
      ? [{ path: [...path, key].join('.'), rows: value }]
      : [],
  );
  const hub = lists.filter(({ rows }) => rows.every(isHubRow));
  if (hub.length > 0) return hub;
  if (lists.length > 0 || depth === 3) return lists;
  return entries.flatMap(([key, value]) => (isObject(value) ? objectLists(value, [...path, key], depth + 1) : []));
}

/** Names of classes as the hub's viewer tells them beside its rows. */
function* classNames(features: unknown): Generator<Entry> {
  if (!isArray(features)) return;
  for (const feature of features) {
    if (!isObject(feature) || typeof feature.name !== 'string' || !isObject(feature.type)) continue;
    const { _type: type, names } = feature.type;
    if (type === 'ClassLabel' && isArray(names)) {
      yield { type: 'label-names', column: feature.name, names: names.map(String) };
    }
  }
}

function isCollection(value: unknown): boolean {
  return isArray(value)
    ? value.every(isObject)
    : isObject(value) && Object.values(value).every((each) => isArray(each) || isObject(each));
}
function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value);
}
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
