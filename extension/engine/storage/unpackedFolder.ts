import { createHash } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { cacheFolder } from './cacheFolder';
import { draftOf, removeAbandonedDrafts } from './drafts';
import { unpackFile, type PackedFile } from './packedFile';
import { inWords, isNotWritable, UnpackingError } from './unpackingError';

/** Says which file of a folder lies packed; tools/packing.mjs writes it. */
const noteName = 'packed.json';

/**
 * A folder of the package with every file in its place. Where one lies packed it is unpacked once: in the folder itself, or, where that
 * cannot be written, in a copy of the folder in the cache. A folder where nothing is packed, as in a development checkout, is the answer
 * itself.
 *
 * @param cache where copies go; default: below this system's cache folder.
 * @throws UnpackingError for a damaged file, too little space, or no place that can be written.
 */
export async function unpackedFolder(folder: string, cache = join(cacheFolder(), 'package')): Promise<string> {
  const file = await readNote(folder);
  if (file === undefined || (await isUnpacked(file, folder))) return folder;
  try {
    await unpack(file, folder, folder);
  } catch (error) {
    // Another process may have been quicker.
    if (await isUnpacked(file, folder)) return folder;
    if (isNotWritable(error)) return unpackedCopy(file, folder, cache);
    throw inWords(error, join(folder, file.name), file.bytes);
  }
  // Nobody needs it any more. Where it cannot be removed it only takes room.
  await rm(packedPath(folder, file), { force: true }).catch(() => undefined);
  return folder;
}

async function unpackedCopy(file: PackedFile, folder: string, cache: string): Promise<string> {
  const others = await otherFiles(folder, file);
  const home = join(cache, await contentHash(folder, others));
  // The same name: Node looks for packages in folders called node_modules.
  const copy = join(home, basename(folder));
  if (await isUnpacked(file, copy)) return copy;
  // Another process may be doing the same: each writes a folder of its own, and one of them gets the name.
  const draft = draftOf(home);
  try {
    await mkdir(draft, { recursive: true });
    await removeAbandonedDrafts(cache);
    const target = join(draft, basename(folder));
    await unpack(file, folder, target);
    for (const name of others) {
      await mkdir(dirname(join(target, name)), { recursive: true });
      await copyFile(join(folder, name), join(target, name));
    }
    await rename(draft, home).catch(async () => {
      if (await isUnpacked(file, copy)) return;
      // Somebody has removed a part of an older copy.
      await rm(home, { recursive: true, force: true });
      await rename(draft, home);
    });
  } catch (error) {
    throw inWords(error, join(copy, file.name), file.bytes);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return copy;
}

async function unpack(file: PackedFile, folder: string, target: string): Promise<void> {
  const place = join(target, file.name);
  await mkdir(dirname(place), { recursive: true });
  await removeAbandonedDrafts(dirname(place));
  const draft = draftOf(place);
  // Opened first: where it cannot be written nothing is unpacked.
  const handle = await open(draft, 'wx');
  try {
    const packed = packedPath(folder, file);
    const content = await readFile(packed).then(
      (bytes) => unpackFile(file, bytes),
      () => undefined,
    );
    if (content === undefined) throw damaged(packed);
    await handle.writeFile(content);
    await handle.sync();
    await handle.close();
    await rename(draft, place);
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}

async function readNote(folder: string): Promise<PackedFile | undefined> {
  const path = join(folder, noteName);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as PackedFile);
  } catch {
    throw damaged(path);
  }
}

/** The file gets its name when it is written to the end, so its size suffices. */
async function isUnpacked({ name, bytes }: PackedFile, folder: string): Promise<boolean> {
  const found = await stat(join(folder, name)).catch(() => undefined);
  return found?.size === bytes;
}

/** Every other file of a folder, by its path from there. */
async function otherFiles(folder: string, { name }: PackedFile): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((each) => each !== name && each !== `${name}.br`)
    .sort();
}

/** SHA-256 of files and their names. The hash of what is packed is in one of them, the note. */
async function contentHash(folder: string, names: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}\n`).update(await readFile(join(folder, name)));
  return hash.digest('hex');
}

function damaged(path: string): UnpackingError {
  return new UnpackingError(`${path}: is damaged or missing, so nothing can be unpacked. Install the extension again.`);
}

function packedPath(folder: string, { name }: PackedFile): string {
  return join(folder, `${name}.br`);
}
