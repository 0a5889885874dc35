import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isInside } from '../../engine/models/modelFile';

/** A folder of another program, read without ever leaving it: links that lead out are left alone, and told. */
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
      if (typeof entry === 'string') this.problems.push(`${join(path, name)}: ${entry}.`);
      else if (entry.kind === kind) found.push(name);
    }
    return found;
  }

  /** What lies at a way from the root, or in words why it is not looked at. */
  async look(
    ...way: string[]
  ): Promise<{ readonly kind: 'file' | 'folder' | 'other'; readonly bytes: number } | string> {
    const path = join(this.path, ...way);
    try {
      const real = await realpath(path);
      if (!isInside(this.real, real)) return `is a link to ${real}, outside of ${this.path}`;
      const entry = await stat(real);
      const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
      return { kind, bytes: entry.size };
    } catch (error) {
      return isMissing(error) ? 'is missing' : `cannot be read (${(error as Error).message})`;
    }
  }
}

/** A JSON file that is not trusted, at most `longest` bytes. @throws Error saying what is wrong with it. */
export async function readSmallJson(file: string, longest = 1_000_000): Promise<unknown> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size > longest) throw new Error(`has ${size} bytes, far more than it needs`);
    return JSON.parse(await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
