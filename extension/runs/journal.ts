import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JournalEntry, journalEntrySchema } from '../protocol/run';
import { errorCode, writeFileAtomic } from './atomicFile';

/** `metrics.jsonl` of a run: one entry a line, only ever appended to. */
export function journalPath(runFolder: string): string {
  return join(runFolder, 'metrics.jsonl');
}

/** The writing end. Needs the run's lock: one writer a run. */
export class Journal {
  private constructor(private readonly file: FileHandle) {}

  /**
   * Opens a run's journal for appending. A last line that a killed writer left without its end is cut off first; with
   * `afterStep`, so is everything later than that step, which a run resumed from that step's checkpoint is going to do again.
   */
  static async open(runFolder: string, { afterStep }: { readonly afterStep?: number } = {}): Promise<Journal> {
    const path = journalPath(runFolder);
    const text = await contentOf(path);
    let kept = text.slice(0, text.lastIndexOf('\n') + 1);
    if (afterStep !== undefined) {
      const lines = kept.split('\n').slice(0, -1);
      kept = lines
        .filter((line) => (parseLine(line)?.step ?? -1) <= afterStep)
        .map((line) => `${line}\n`)
        .join('');
    }
    if (kept !== text) await writeFileAtomic(path, kept);
    return new Journal(await open(path, 'a'));
  }

  /** Adds one line in one write; evaluations and checkpoints are also flushed to the disk. */
  async append(entry: JournalEntry): Promise<void> {
    await this.file.appendFile(`${JSON.stringify(finite(entry))}\n`);
    if (entry.type !== 'step') await this.file.datasync();
  }

  async close(): Promise<void> {
    await this.file.datasync();
    await this.file.close();
  }
}

/** JSON has no infinity: a score that is not finite is left out, the rest of the evaluation is kept. */
function finite(entry: JournalEntry): JournalEntry {
  if (entry.type !== 'evaluation') return entry;
  const scores = Object.fromEntries(Object.entries(entry.scores).filter(([, value]) => Number.isFinite(value)));
  return { ...entry, scores };
}

/**
 * The reading end. `refresh` reads only what was added since the last time, so a live run's journal can be looked at every
 * second; when the file was rewritten (a resumed run), it starts again from the beginning.
 */
export class JournalReader {
  private readonly path: string;
  private offset = 0;
  private inode = 0;
  private line = 0;
  private found: JournalEntry[] = [];
  private damaged: number[] = [];

  constructor(runFolder: string) {
    this.path = journalPath(runFolder);
  }

  /** All entries so far, in the order they were written. */
  get entries(): readonly JournalEntry[] {
    return this.found;
  }

  /** Numbers (from 1) of whole lines that are no entry. A last line without its end is not damage but still being written. */
  get damagedLines(): readonly number[] {
    return this.damaged;
  }

  /** Reads on. A journal that is not there yet is an empty one. @returns whether anything changed. */
  async refresh(): Promise<boolean> {
    let file: FileHandle;
    try {
      file = await open(this.path, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
    try {
      const { size, ino } = await file.stat();
      const rewritten = ino !== this.inode || size < this.offset;
      if (rewritten) this.restart(ino);
      if (size === this.offset) return rewritten;
      const bytes = Buffer.alloc(size - this.offset);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.offset);
      const end = bytes.subarray(0, bytesRead).lastIndexOf(10) + 1;
      this.offset += end;
      for (const line of bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1)) this.take(line);
      return rewritten || end > 0;
    } finally {
      await file.close();
    }
  }

  private restart(inode: number): void {
    this.inode = inode;
    this.offset = 0;
    this.line = 0;
    this.found = [];
    this.damaged = [];
  }

  private take(line: string): void {
    this.line++;
    const entry = parseLine(line);
    if (entry) this.found.push(entry);
    else this.damaged.push(this.line);
  }
}

/** All entries of a run's journal; a torn last line is dropped, lines that are no entry are left out. */
export async function readJournal(runFolder: string): Promise<readonly JournalEntry[]> {
  const reader = new JournalReader(runFolder);
  await reader.refresh();
  return reader.entries;
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    return journalEntrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
