import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { DatasetError } from './dataset';
import { decodedText, inspectText, isGzip, textBytes } from './encoding';
import { partsOf } from './jsonShapes';
import { partNamed } from './partNames';
import { parseJson } from './pythonJson';
import { datasetExtensions } from './readers';
import type { Part } from './splits';

/** The parts that a data set comes in, each as a path that a reader opens. */
export type DataParts = { readonly train: string } & Readonly<Partial<Record<Part, string>>>;

/**
 * The parts of a folder with `train.jsonl`, `dev.jsonl` or `validation.jsonl`, `test.jsonl` (or any other format; also the hub's
 * `data/train-00000-of-00002.parquet`), or of a JSON file `{"train": [...], "test": [...]}`; undefined for a file of rows.
 * @throws DatasetError for a folder without a training part, or with two files for one part.
 */
export async function dataParts(path: string): Promise<DataParts | undefined> {
  const information = await stat(path).catch(() => undefined);
  // What is wrong with a file is said when it is opened.
  if (!information) return undefined;
  return information.isDirectory() ? folderParts(path) : jsonParts(path);
}

/** The file to learn from: a data set's training part, or the file itself. */
export async function trainingFile(path: string): Promise<string> {
  return (await dataParts(path))?.train ?? path;
}

/** A file in pieces, as the hub has them, without its extension. All of them together are `train-*-of-00002.parquet`. */
const shard = /^(.+)-(\d{5})-of-(\d{5})$/;

async function folderParts(folder: string): Promise<DataParts> {
  const own = await partFiles(folder);
  // Repositories of the hub keep their files in data/.
  const found = own.length > 0 ? own : await partFiles(join(folder, 'data')).catch(() => []);
  const parts: Partial<Record<Part, string>> = {};
  for (const { part, path } of found) {
    const other = parts[part];
    if (other !== undefined) {
      throw new DatasetError(
        folder,
        `has two files for its ${part} part, "${basename(other)}" and "${basename(path)}"; name the files in "train", "dev" and "test"`,
      );
    }
    parts[part] = path;
  }
  const { train } = parts;
  if (train !== undefined) return { ...parts, train };
  const names = 'train.jsonl, dev.jsonl (or validation.jsonl) and test.jsonl, or in another format';
  throw new DatasetError(
    folder,
    `is a folder without a file of rows to learn from; call its files ${names}, or name one of them`,
  );
}

async function partFiles(folder: string): Promise<{ part: Part; path: string }[]> {
  const paths = new Map<string, Part>();
  for (const name of (await readdir(folder)).sort()) {
    const packed = isGzip(name) ? name.slice(0, -3) : name;
    const extension = extname(packed);
    if (!datasetExtensions.includes(extension.toLowerCase())) continue;
    const stem = packed.slice(0, -extension.length);
    const [, inShards, , count] = shard.exec(stem) ?? [];
    const part = partNamed(inShards ?? stem);
    const file = inShards === undefined ? name : `${inShards}-*-of-${count!}${name.slice(stem.length)}`;
    if (part) paths.set(join(folder, file), part);
  }
  return [...paths].map(([path, part]) => ({ path, part }));
}

/** A JSON file in parts begins with the name of one. */
const beginning = /^\s*\{\s*"([^"\\]+)"\s*:\s*[[{]/;
const beginningCharacters = 4096;

async function jsonParts(file: string): Promise<DataParts | undefined> {
  if (extname(isGzip(file) ? file.slice(0, -3) : file).toLowerCase() !== '.json') return undefined;
  const { encoding } = await inspectText(file);
  let text = '';
  for await (const chunk of decodedText(textBytes(file), encoding)) {
    text += chunk;
    if (text.length < beginningCharacters) continue;
    if (!startsWithPart(text)) return undefined;
  }
  if (!startsWithPart(text)) return undefined;
  const keys = partsOf(parsed(text));
  if (!keys) return undefined;
  const parts: Partial<Record<Part, string>> = {};
  for (const key of keys) parts[partNamed(key)!] = `${file}#${key}`;
  const { train } = parts;
  if (train !== undefined) return { ...parts, train };
  throw new DatasetError(file, 'has no part to learn from; call one of its parts "train"');
}

function startsWithPart(text: string): boolean {
  const name = beginning.exec(text.slice(0, beginningCharacters))?.[1];
  return name !== undefined && partNamed(name) !== undefined;
}

/** What is wrong with a text is said when it is read. */
function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
