import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a file or folder is made before it gets its name: beside it, so that a rename is enough. */
export function draftOf(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** Removes what killed processes left half done. No unpacking takes a day. */
export async function removeAbandonedDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.tmp')) continue;
    const draft = join(folder, name);
    const begun = await stat(draft).catch(() => undefined);
    if (begun !== undefined && Date.now() - begun.mtimeMs > 86_400_000)
      await rm(draft, { recursive: true, force: true });
  }
}
