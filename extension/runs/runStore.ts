import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Marks, Run, RunRecord } from '../protocol/run';
import { errorCode, flushFolder } from './atomicFile';
import { evaluationsName } from './evaluationFolder';
import { marksPath, readMarks, readRecord, readRun, recordPath, writeRecord } from './runFolder';
import { withTrueStatus } from './trueStatus';
import { RunInUseError, acquireRunLock } from './runLock';

/** A run of which something could not be read. */
export interface Unreadable {
  readonly folder: string;
  /** Names the file and what is wrong with it. */
  readonly reason: string;
}

export interface RunList {
  /** Newest first. */
  readonly runs: readonly Run[];
  readonly unreadable: readonly Unreadable[];
}

/** How the name of a run begins that is being deleted. */
const deleted = '.deleted-';

/** Runs read at the same time; more only makes them wait for the disk. */
const readers = 32;

/** A folder of runs, such as `.prompt-runs`. Reading never changes it. */
export class RunStore {
  private readonly cache = new Map<
    string,
    { readonly version: string; readonly record: RunRecord; readonly marks: Marks }
  >();

  constructor(readonly folder: string) {}

  /**
   * Makes the folder of a new run, with its record in it; it appears whole.
   * @param record everything but its id, which is made from its name and its time.
   */
  async create(record: Omit<RunRecord, 'id'>): Promise<{ folder: string; record: RunRecord }> {
    await mkdir(this.folder, { recursive: true });
    for (;;) {
      const made = { ...record, id: runId(record.name, new Date(record.createdAt)) };
      const folder = join(this.folder, made.id);
      if (await this.tryToCreate(folder, made)) return { folder, record: made };
    }
  }

  /** @returns false when another run has that folder, or is just getting it. */
  private async tryToCreate(folder: string, record: RunRecord): Promise<boolean> {
    const temporary = join(this.folder, `.new-${record.id}`);
    if ((await exists(folder)) || !(await makeFolder(temporary))) return false;
    try {
      await mkdir(join(temporary, 'checkpoints'));
      await writeRecord(temporary, record);
      await rename(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      if (await exists(folder)) return false;
      throw error;
    }
    await flushFolder(this.folder);
    return true;
  }

  /** All runs, newest first; what cannot be read is told apart and keeps nothing else from being listed. */
  async list(): Promise<RunList> {
    const entries = await readdir(this.folder, { withFileTypes: true }).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    });
    const names = entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== evaluationsName)
      .map(({ name }) => name)
      .toSorted()
      .toReversed();
    for (const known of this.cache.keys()) if (!names.includes(known)) this.cache.delete(known);
    const runs: (Run | undefined)[] = new Array<undefined>(names.length).fill(undefined);
    const unreadable: Unreadable[] = [];
    let next = 0;
    const reader = async (): Promise<void> => {
      while (next < names.length) {
        const index = next++;
        const name = names[index]!;
        try {
          runs[index] = await this.readCached(name, unreadable);
        } catch (error) {
          this.cache.delete(name);
          unreadable.push({ folder: join(this.folder, name), reason: (error as Error).message });
        }
      }
    };
    await Promise.all(Array.from({ length: readers }, reader));
    return { runs: runs.filter((run) => run !== undefined), unreadable };
  }

  /** @throws Error when there is no such run or it cannot be read. */
  read(folder: string): Promise<Run> {
    return readRun(folder);
  }

  /**
   * Deletes a run and everything in it.
   * @throws RunInUseError while a process writes it.
   */
  async remove(folder: string): Promise<void> {
    // Held so that nobody resumes it meanwhile.
    const lock = await acquireRunLock(folder);
    const running = await readRecord(folder).then(
      async (record) => (await withTrueStatus(record)).status === 'running',
      // Nothing that can be read speaks against it.
      () => false,
    );
    if (running) {
      await lock.release();
      throw new RunInUseError(folder, undefined);
    }
    // One rename takes it out of the list, however long the deletion takes.
    const parent = dirname(folder);
    await rename(folder, join(parent, `${deleted}${basename(folder)}-${randomBytes(4).toString('hex')}`));
    this.cache.delete(basename(folder));
    // Also what an earlier deletion could not finish.
    const left = (await readdir(parent)).filter((name) => name.startsWith(deleted));
    for (const name of left) await rm(join(parent, name), { recursive: true, force: true });
  }

  private async readCached(name: string, unreadable: Unreadable[]): Promise<Run> {
    const folder = join(this.folder, name);
    const marked = await versionOf(marksPath(folder));
    const version = `${await versionOf(recordPath(folder))} ${marked}`;
    let known = this.cache.get(name);
    if (known?.version !== version) {
      const record = await readRecord(folder);
      const marks = marked === none ? {} : await this.marksOrNone(folder, unreadable);
      known = { version, record, marks };
      this.cache.set(name, known);
    }
    return { record: await withTrueStatus(known.record), marks: known.marks, folder };
  }

  /** Damaged marks are reported, but do not hide their run. */
  private async marksOrNone(folder: string, unreadable: Unreadable[]): Promise<Marks> {
    try {
      return await readMarks(folder);
    } catch (error) {
      unreadable.push({ folder, reason: (error as Error).message });
      return {};
    }
  }
}

/** Id of a new run: sorts by time (UTC), can be read, and differs from another of the same second: `20261123-071500-amazon-3f2a`. */
export function runId(name: string, createdAt: Date): string {
  const time = createdAt.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return `${time}-${words || 'run'}-${randomBytes(2).toString('hex')}`;
}

/** Version of a file that is not there. */
const none = '-';

/** Changes when the file does; files are replaced, never changed in place, so the inode tells too. */
async function versionOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}:${size}:${ino}`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return none;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await versionOf(path)) !== none;
}

/** @returns false when it was there already. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
