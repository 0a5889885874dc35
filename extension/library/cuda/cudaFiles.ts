import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { flushFolder, writeFileAtomic } from '../../runs/atomicFile';
import { downloadFile } from '../hub/download';
import type { PackageFeed } from './packageFeed';
import { ZipFile } from './zipFile';

/**
 * onnxruntime's CUDA libraries for Linux x64. onnxruntime looks for them beside its own library and nowhere else, and takes only those of
 * its own version. They come in a package of Microsoft's, the one that onnxruntime-node's installer would fetch.
 */
const packageName = 'Microsoft.ML.OnnxRuntime.Gpu.Linux';
const folderInPackage = 'runtimes/linux-x64/native/';
/** The provider last: while it is missing nothing tries the other. */
const libraries = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];
/** Says what was put there and by whom; written last. */
const noteName = 'cuda-provider.json';

const note = z.object({
  package: z.string(),
  version: z.string(),
  sha512: z.string(),
  files: z.array(z.object({ name: z.enum(libraries), bytes: z.int() })),
});
export type CudaFiles = z.infer<typeof note>;

/** The CUDA libraries in the folder of onnxruntime's library, or undefined where they are not there, or not whole. */
export async function installedCuda(folder: string): Promise<CudaFiles | undefined> {
  try {
    const found = note.parse(JSON.parse(await readFile(join(folder, noteName), 'utf8')));
    for (const { name, bytes } of found.files) if ((await stat(join(folder, name))).size !== bytes) return undefined;
    return found;
  } catch {
    return undefined;
  }
}

/**
 * Fetches the CUDA libraries and puts them beside onnxruntime's own. Cancelled, it leaves what it fetched, and the next call goes on
 * from there.
 *
 * @param folder of onnxruntime's library.
 * @param version of onnxruntime.
 * @param progress bytes of the package that are there, and of all of it.
 * @throws HubError for a feed that does not have it or does not answer; Error where the folder cannot be written or the package is damaged.
 */
export async function installCuda(
  folder: string,
  version: string,
  feed: PackageFeed,
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
): Promise<CudaFiles> {
  const work = join(folder, 'cuda-download');
  await writable(work);
  const { name, url, size, sha512 } = await feed.describe(packageName, version, signal);
  const archive = join(work, `${sha512.slice(0, 16)}.nupkg`);
  const { client, path } = feed.at(url);
  await downloadFile(client, path, { name: `${name} ${version}`, size, etag: sha512 }, archive, signal, (bytes) =>
    progress(bytes, size),
  );
  const files = await unpack(archive, work, signal);
  await rm(join(folder, noteName), { force: true });
  for (const library of libraries) await rename(join(work, library), join(folder, library));
  await flushFolder(folder);
  const installed = { package: name, version, sha512, files };
  await writeFileAtomic(join(folder, noteName), `${JSON.stringify(installed, null, 2)}\n`);
  await rm(work, { recursive: true, force: true });
  return installed;
}

/** Removes the CUDA libraries, and what an unfinished download left. Returns the bytes of the libraries. */
export async function removeCuda(folder: string): Promise<number> {
  let freed = 0;
  for (const name of [noteName, ...libraries.toReversed()]) {
    const path = join(folder, name);
    const bytes = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    await rm(path, { force: true });
    if (name !== noteName) freed += bytes;
  }
  await rm(join(folder, 'cuda-download'), { recursive: true, force: true });
  return freed;
}

async function writable(work: string): Promise<void> {
  try {
    await mkdir(work, { recursive: true });
  } catch (error) {
    throw new Error(
      `The folder of onnxruntime's library cannot be written (${(error as Error).message}). Install the extension for your own user, or enable CUDA as the user it belongs to.`,
      { cause: error },
    );
  }
}

async function unpack(archive: string, work: string, signal: AbortSignal): Promise<CudaFiles['files']> {
  const zip = await ZipFile.open(archive);
  try {
    const files: CudaFiles['files'] = [];
    for (const name of libraries) {
      await rm(join(work, name), { force: true });
      await zip.extract(folderInPackage + name, join(work, name), signal);
      files.push({ name, bytes: zip.size(folderInPackage + name) });
    }
    return files;
  } finally {
    await zip.close();
  }
}
