import { lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isInside } from '../../engine/models/modelFile';

/** What lies at a place of a store. */
export interface StoreEntry {
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
}
/** Why a place of a store is not looked at. `target`: where the link leads that is not followed. */
export interface StoreObstacle {
  readonly reason: 'missing' | 'dangling' | 'outside' | 'unreadable';
  /** In words, as they go on behind the path. */
  readonly text: string;
  readonly target?: string;
}

/**
 * A folder of another program, read without ever leaving it. The folder itself may be a link, which a person makes who keeps models on
 * another disk; links inside of it that lead out are left alone, and told.
 */
export class StoreFolder {
  private constructor(
    readonly path: string,
    private readonly real: string,
    /** What could not be looked at: where, and why. */
    readonly problems: string[],
  ) {}

  /** Undefined where there is no such folder. */
  static async open(path: string, problems: string[]): Promise<StoreFolder | undefined> {
    const real = await realpath(path).catch(() => undefined);
    return real === undefined ? undefined : new StoreFolder(path, real, problems);
  }

  /** Names of the files or the folders at a way from the root, sorted; hidden ones are not looked at. */
  async names(kind: 'file' | 'folder', ...way: string[]): Promise<string[]> {
    const path = join(this.path, ...way);
    const names = await readdir(path).catch((error: unknown) => {
      if (!isMissing(error)) this.problems.push(`${path}: cannot be read (${(error as Error).message}).`);
      return [];
    });
    const found: string[] = [];
    for (const name of names.filter((each) => !each.startsWith('.')).sort()) {
      const entry = await this.look(...way, name);
      if ('reason' in entry) {
        const problem = `${join(path, name)}: ${entry.text}.`;
        // A name may be asked for as a file and as a folder.
        if (!this.problems.includes(problem)) this.problems.push(problem);
      } else if (entry.kind === kind) found.push(name);
    }
    return found;
  }

  /** What lies at a way from the root, or why it is not looked at. */
  async look(...way: string[]): Promise<StoreEntry | StoreObstacle> {
    const path = join(this.path, ...way);
    try {
      const real = await realpath(path);
      if (!isInside(this.real, real))
        return { reason: 'outside', text: `is a link to ${real}, outside of ${this.path}`, target: real };
      const entry = await stat(real);
      const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
      return { kind, bytes: entry.size };
    } catch (error) {
      if (!isMissing(error)) return { reason: 'unreadable', text: `cannot be read (${(error as Error).message})` };
      const target = await linkTarget(path);
      if (target === undefined) return { reason: 'missing', text: 'is missing' };
      return { reason: 'dangling', text: `is a link to ${target}, which does not exist`, target };
    }
  }
}

/** A JSON file that is not trusted, at most `longest` bytes; a byte order mark is dropped. @throws Error saying what is wrong with it. */
export async function readSmallJson(file: string, longest = 1_000_000): Promise<unknown> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size > longest) throw new Error(`has ${size} bytes, far more than it needs`);
    const text = (await handle.readFile('utf8')).replace(/^\uFEFF/, '');
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`is not valid JSON (${(error as Error).message}); it was cut off or changed`, { cause: error });
    }
  } finally {
    await handle.close();
  }
}

/** Where a link leads, absolute; undefined for what is no link. */
async function linkTarget(path: string): Promise<string | undefined> {
  const isLink = (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true;
  return isLink ? resolve(dirname(path), await readlink(path)) : undefined;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
