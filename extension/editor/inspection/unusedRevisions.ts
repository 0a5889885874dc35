import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Milliseconds that a revision is kept after it was used last. */
const keptFor = 30 * 24 * 3_600_000;

/** Entries that were used while this window lives: what shows one of them may still be open. */
const usedHere = new Set<string>();

/** Notes that an entry of the folder of revisions is used. */
export async function noteUse(entry: string): Promise<void> {
  usedHere.add(entry);
  const now = new Date();
  await utimes(entry, now, now);
}

/**
 * Removes the entries of a folder of revisions that nobody has used for 30 days; what cannot be removed now waits for the next time. A
 * panel that comes back after a reload reads its prompt where it lies, so having been read is a use too.
 */
export async function removeUnused(revisions: string): Promise<void> {
  const oldest = Date.now() - keptFor;
  for (const name of await readdir(revisions)) {
    const entry = join(revisions, name);
    if (!usedHere.has(entry) && (await lastUse(entry)) < oldest)
      await rm(entry, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** When an entry was noted as used or one of its files was read last; now for what has just gone. */
async function lastUse(entry: string): Promise<number> {
  try {
    const names = await readdir(entry, { recursive: true, withFileTypes: true });
    const files = names.filter((each) => each.isFile()).map((each) => stat(join(each.parentPath, each.name)));
    return Math.max((await stat(entry)).mtimeMs, ...(await Promise.all(files)).map(({ atimeMs }) => atimeMs));
  } catch {
    return Date.now();
  }
}
