import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes that are seen whole or not at all, also after a crash or a power cut: the content goes to a temporary place beside the
 * target, is flushed to the disk, and is then renamed; the folder is flushed too, or the rename itself could be lost.
 */

/** Replaces the file at `path`. Two writes to one path are to be awaited one after the other. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeDurably(temporary, data);
    await renameOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushFolder(dirname(path));
}

/** Makes the folder `path` with these files (name -> content), replacing one that is there. */
export async function writeFolderAtomic(
  path: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await mkdir(temporary, { recursive: true });
    for (const [name, data] of Object.entries(files)) await writeDurably(join(temporary, name), data);
    await flushFolder(temporary);
    await replaceFolder(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await flushFolder(dirname(path));
}

/**
 * Removes what killed writers left in a folder of the targets that `of` chooses (default: all). Only for whoever is their single
 * writer.
 */
export async function removeUnfinished(folder: string, of: (target: string) => boolean = () => true): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const target = temporaryPattern.exec(name)?.[1];
    if (target !== undefined && of(target)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

const temporaryPattern = /^\.(.+)\.[0-9a-f]{12}\.tmp$/;

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A folder cannot be renamed over one that holds files, so the old one steps aside first. */
async function replaceFolder(from: string, to: string): Promise<void> {
  try {
    await renameOver(from, to);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(errorCode(error))) throw error;
    const aside = temporaryName(to);
    await renameOver(to, aside);
    await renameOver(from, to);
    await rm(aside, { recursive: true, force: true });
  }
}

/** Windows refuses to rename while a virus scanner or an indexer has the file open, which passes within milliseconds. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const busy = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error));
      if (!busy || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 10));
    }
  }
}

/** Makes renames in a folder durable. Windows has no such call, and needs none. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The system's code of an error ("ENOENT"), or ''. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
