import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Marks, type Run, type RunRecord, marksSchema, runRecordSchema } from '../protocol/run';
import { errorCode, writeFileAtomic } from './atomicFile';
import { readTrueStatus } from './trueStatus';

/** The record of a run: `run.json`. */
export function recordPath(runFolder: string): string {
  return join(runFolder, 'run.json');
}

/** What a person adds to a run: `marks.json`. */
export function marksPath(runFolder: string): string {
  return join(runFolder, 'marks.json');
}

/** What the trainer had to say: `run.log`. */
export function logPath(runFolder: string): string {
  return join(runFolder, 'run.log');
}

/** Replaces a run's record. Only for the holder of the run's lock. */
export async function writeRecord(runFolder: string, record: RunRecord): Promise<void> {
  await writeFileAtomic(recordPath(runFolder), json(record));
}

/**
 * A run's record as it stands in the file; see {@link readRun} for whether it really still runs.
 * @throws Error saying which file is wrong, and where in it.
 */
export async function readRecord(runFolder: string): Promise<RunRecord> {
  return parseAs(runRecordSchema, await readFile(recordPath(runFolder), 'utf8'), recordPath(runFolder));
}

/** A run's marks; none where nobody made any. @throws Error when the file is damaged. */
export async function readMarks(runFolder: string): Promise<Marks> {
  const text = await readFile(marksPath(runFolder), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? {} : parseAs(marksSchema, text, marksPath(runFolder));
}

/** Replaces a run's marks. Only the editor writes them. */
export async function writeMarks(runFolder: string, marks: Marks): Promise<void> {
  await writeFileAtomic(marksPath(runFolder), json(marks));
}

/** A run as the editor shows it. @throws Error when its record or its marks cannot be read. */
export async function readRun(runFolder: string): Promise<Run> {
  const [record, marks] = await Promise.all([readTrueStatus(() => readRecord(runFolder)), readMarks(runFolder)]);
  return { record, marks, folder: runFolder };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

interface Schema<T> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[] };
      };
}

/** JSON text as a schema has it. @throws Error naming the file, and the field that is wrong. */
export function parseAs<T>(schema: Schema<T>, text: string, file: string): T {
  let value: unknown;
  try {
    // A person's editor may have put a byte order mark in front.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(`${file}: not JSON (${(error as Error).message})`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${file}: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`);
}
