import { appendFile } from 'node:fs/promises';
import type { JournalEntry, RunRecord } from '../../protocol/run';
import { Journal } from '../../runs/journal';
import { logPath, writeRecord } from '../../runs/runFolder';
import type { RunLock } from '../../runs/runLock';
import type { JobContext } from './context';

/** Milliseconds between two writes of a record of which only the step changed, and between two messages about it. */
const writeInterval = 2000;
const eventInterval = 100;

/** The one writer of a run: its record, journal and log on disk, and the same as events for whoever watches. */
export class RunWriter {
  #lastWrite = 0;
  #lastEvent = 0;

  private constructor(
    readonly folder: string,
    private current: RunRecord,
    private readonly journal: Journal,
    private readonly lock: RunLock,
    private readonly context: JobContext,
  ) {}

  /** @param afterStep of the checkpoint a run is resumed from; journal lines beyond it are dropped. */
  static async open(
    folder: string,
    record: RunRecord,
    lock: RunLock,
    context: JobContext,
    afterStep?: number,
  ): Promise<RunWriter> {
    const journal = await Journal.open(folder, afterStep === undefined ? {} : { afterStep });
    const writer = new RunWriter(folder, record, journal, lock, context);
    await writer.update({});
    return writer;
  }

  get record(): RunRecord {
    return this.current;
  }

  /** Changes the record, on disk before this resolves. */
  async update(change: Partial<RunRecord>): Promise<void> {
    this.current = { ...this.current, ...change };
    await writeRecord(this.folder, this.current);
    this.#lastWrite = performance.now();
    this.#tell();
  }

  /** Changes what changes with every step; on disk and told often enough to follow, not every time. */
  async progress(change: Pick<RunRecord, 'step' | 'seconds'>): Promise<void> {
    this.current = { ...this.current, ...change };
    const now = performance.now();
    if (now - this.#lastWrite > writeInterval) await this.update({});
    else if (now - this.#lastEvent > eventInterval) this.#tell();
  }

  async append(entry: JournalEntry): Promise<void> {
    await this.journal.append(entry);
    this.context.event({ type: 'journal', folder: this.folder, entry });
  }

  /** Adds a line to the run's log and to the log of whoever watches. */
  async log(level: 'info' | 'warn' | 'error', text: string): Promise<void> {
    this.context.log(level, text);
    await appendFile(logPath(this.folder), `${new Date().toISOString()} ${level.padEnd(5)} ${text}\n`);
  }

  async close(): Promise<void> {
    await this.journal.close();
    await this.lock.release();
  }

  #tell(): void {
    this.#lastEvent = performance.now();
    this.context.event({ type: 'record', folder: this.folder, record: this.current });
  }
}
