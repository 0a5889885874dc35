import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { modelFacts } from '../engine/models/modelFacts';
import { partsOf } from '../engine/models/gguf/ggufParts';
import { findGgufSource } from '../engine/models/gguf/ggufSource';
import { Weights } from '../engine/models/weights';
import type { ModelFilesReport } from '../protocol/models';
import { blobHash } from './hub/blobHash';

type FileReport = ModelFilesReport['files'][number];

/**
 * Reads every byte of a model. In the caches of the hub and of Ollama a file is named by its hash, so it is known what it should be;
 * then the headers, and every number of safetensors files, which has to be finite.
 *
 * @param tell called with the file that is being read and how much is done, 0 to 1.
 */
export async function verifyFiles(
  path: string,
  signal: AbortSignal,
  tell: (text: string, share: number) => void,
): Promise<Pick<ModelFilesReport, 'files' | 'problems' | 'notes'>> {
  const places = (await stat(path)).isDirectory() ? await filesOf(path) : partsOf(path);
  const sizes = await Promise.all(
    places.map((place) =>
      stat(place).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  // Once for the hashes, once for the numbers.
  const total = 2 * sizes.reduce((sum, size) => sum + size, 0);
  const files: FileReport[] = [];
  let done = 0;
  for (const [index, place] of places.entries()) {
    signal.throwIfAborted();
    tell(`reading ${basename(place)}`, total === 0 ? 0 : done / total);
    files.push(await verifyFile(place, sizes[index]!, signal));
    done += sizes[index]!;
  }
  tell('reading the numbers', 0.5);
  const damaged = files.flatMap(({ file, problem }) => (problem === undefined ? [] : [`${file}: ${problem}`]));
  const { problem: unusable, notes } = await readModel(path);
  return { files, problems: [...damaged, ...(unusable === undefined ? [] : [unusable])], notes };
}

async function verifyFile(path: string, bytes: number, signal: AbortSignal): Promise<FileReport> {
  const file = basename(path);
  try {
    const expected = expectedHash(await realpath(path));
    if (expected === undefined) return { file, bytes, state: 'unknown' };
    if ((await blobHash(path, expected, signal)) === expected) return { file, bytes, state: 'checked' };
    return {
      file,
      bytes,
      state: 'damaged',
      problem: 'its content is not what was published. Remove the model and fetch it again.',
    };
  } catch (error) {
    signal.throwIfAborted();
    return { file, bytes, state: 'damaged', problem: `cannot be read (${(error as Error).message}).` };
  }
}

/** The hash that a cache names a file by: `blobs/ETAG` of the hub, `blobs/sha256-HASH` of Ollama. */
function expectedHash(realPath: string): string | undefined {
  if (basename(dirname(realPath)) !== 'blobs') return undefined;
  return /^(?:sha256-)?([0-9a-f]{64})$|^([0-9a-f]{40})$/.exec(basename(realPath))?.slice(1).find(Boolean);
}

/** What keeps a model from being used, and what a person should know of one that can be. */
async function readModel(path: string): Promise<{ readonly problem?: string; readonly notes: readonly string[] }> {
  try {
    const { notes } = await modelFacts(path);
    // The numbers of GGUF files are looked at when they are unpacked.
    if ((await findGgufSource(path)) === undefined) await (await Weights.open(path)).hash();
    return { notes };
  } catch (error) {
    return { problem: (error as Error).message, notes: [] };
  }
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort();
}
