import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  type EvaluationRecord,
  type ExampleLine,
  type PredictionLine,
  evaluationRecordSchema,
  exampleLineSchema,
  predictionLineSchema,
} from '../protocol/evaluation';
import { errorCode, writeFileAtomic, writeFolderAtomic } from './atomicFile';
import { parseAs } from './runFolder';
import { readTrueStatus } from './trueStatus';

/** Name of the folder beside the runs, and in a run, that holds evaluations. */
export const evaluationsName = 'evaluations';

/** Where the evaluations lie that a person asked for; `runsFolder` is `.prompt-runs`. */
export function evaluationsFolder(runsFolder: string): string {
  return join(runsFolder, evaluationsName);
}

/** Where the evaluations of a run lie that it wrote itself. */
export function runEvaluationFolder(runFolder: string, part: 'dev' | 'test'): string {
  return join(runFolder, evaluationsName, part);
}

const recordFile = 'evaluation.json';
const examplesFile = 'examples.jsonl';
const predictionsFile = 'predictions.jsonl';

/** Makes the folder of a new evaluation, with its record and its examples in it; it appears whole. */
export async function createEvaluation(
  folder: string,
  record: EvaluationRecord,
  examples: Iterable<ExampleLine>,
): Promise<void> {
  // As bytes: together they may be longer than a string can be.
  const lines = Array.from(examples, (example) => Buffer.from(`${JSON.stringify(example)}\n`));
  await mkdir(join(folder, '..'), { recursive: true });
  await writeFolderAtomic(folder, {
    [recordFile]: recordText(record),
    [examplesFile]: Buffer.concat(lines),
    [predictionsFile]: '',
  });
}

/** An id that sorts by time and names what it is about. */
export function evaluationId(name: string, createdAt: string): string {
  const time = createdAt.replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const words = name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  return `${time}-${words.slice(0, 60) || 'evaluation'}-${randomBytes(2).toString('hex')}`;
}

export async function writeEvaluationRecord(folder: string, record: EvaluationRecord): Promise<void> {
  await writeFileAtomic(join(folder, recordFile), recordText(record));
}

/** The record, `interrupted` where it says `running` but its process is gone. @throws Error saying which file is wrong, and where in it. */
export async function readEvaluationRecord(folder: string): Promise<EvaluationRecord> {
  const file = join(folder, recordFile);
  return readTrueStatus(async () => parseAs(evaluationRecordSchema, await readFile(file, 'utf8'), file));
}

/** Folders below `folder` that hold an evaluation, newest first by their names. */
export async function listEvaluations(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  const found: string[] = [];
  for (const name of names.toSorted().toReversed()) {
    const there = await stat(join(folder, name, recordFile)).then(
      () => true,
      () => false,
    );
    if (there) found.push(join(folder, name));
  }
  return found;
}

/** The examples of an evaluation, in their order. @throws Error naming the file and line of one that is damaged. */
export async function readExamples(folder: string): Promise<ExampleLine[]> {
  return readLines(join(folder, examplesFile), exampleLineSchema);
}

/**
 * What each predictor said, by predictor and example; of two lines for the same the later one counts. A torn last line, which a killed writer leaves,
 * is dropped.
 */
export async function readPredictions(folder: string): Promise<Map<string, Map<number, PredictionLine>>> {
  const found = new Map<string, Map<number, PredictionLine>>();
  for (const line of await readLines(join(folder, predictionsFile), predictionLineSchema)) {
    const ofPredictor = found.get(line.predictor) ?? new Map<number, PredictionLine>();
    found.set(line.predictor, ofPredictor.set(line.example, line));
  }
  return found;
}

/** Bytes that are read at once; a line that is longer is read whole all the same. */
const pieceBytes = 1 << 20;

/** Whole lines of one of the two files of rows: its bytes `from` to `to`, of `size` that it has now. */
export interface RowLines {
  readonly to: number;
  readonly size: number;
  readonly text: string;
}

/**
 * The next lines of a file of rows, as text, for whoever reads the rows by themselves. Empty with `to` = `from` where there is no whole
 * line yet.
 */
export async function readRowLines(folder: string, file: 'examples' | 'predictions', from: number): Promise<RowLines> {
  const handle = await open(join(folder, file === 'examples' ? examplesFile : predictionsFile), 'r');
  try {
    const { size } = await handle.stat();
    for (let length = pieceBytes; ; length *= 2) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - from)));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      const end = bytes.subarray(0, bytesRead).lastIndexOf(10) + 1;
      if (end > 0 || from + length >= size) return { to: from + end, size, text: bytes.toString('utf8', 0, end) };
    }
  } finally {
    await handle.close();
  }
}

/** The writing end of an evaluation's predictions. One writer an evaluation. */
export class PredictionWriter {
  private constructor(private readonly file: FileHandle) {}

  /** Opens for appending; a last line without its end is cut off first. */
  static async open(folder: string): Promise<PredictionWriter> {
    const file = await open(join(folder, predictionsFile), 'r+');
    const { size } = await file.stat();
    await file.truncate(await endOfLastLine(file, size));
    await file.close();
    return new PredictionWriter(await open(join(folder, predictionsFile), 'a'));
  }

  /** Adds lines in one write, on disk before this resolves. */
  async append(lines: readonly PredictionLine[]): Promise<void> {
    await this.file.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await this.file.datasync();
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(Math.min(size, 1 << 16));
  for (let end = size; end > 0; end -= chunk.length) {
    const start = Math.max(0, end - chunk.length);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const newline = chunk.subarray(0, bytesRead).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
  }
  return 0;
}

interface LineSchema<T> {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: T | undefined };
}

async function readLines<T>(path: string, schema: LineSchema<T>): Promise<T[]> {
  const { size } = await stat(path);
  if (size === 0) return [];
  const handle = await open(path, 'r');
  const whole = await endOfLastLine(handle, size).finally(() => handle.close());
  if (whole === 0) return [];
  const found: T[] = [];
  const input = createReadStream(path, { encoding: 'utf8', end: whole - 1 });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const { data } = schema.safeParse(parsed(line));
    if (data === undefined) throw new Error(`${path}:${found.length + 1}: is not a line of an evaluation`);
    found.push(data);
  }
  return found;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function recordText(record: EvaluationRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}
