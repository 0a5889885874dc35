import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../storage/cacheFolder';
import type { FileIdentity } from './ggufSource';

/** One model of the cache of unpacked GGUF files. */
export interface UnpackedModel {
  readonly folder: string;
  /** Bytes on disk. */
  readonly bytes: number;
  /** The sources it was made from or found equal to; the first file of each is the GGUF file. */
  readonly sources: readonly (readonly FileIdentity[])[];
  /** By which rules it was made; 0 where the note does not say. */
  readonly layout: number;
}

/** The default place of unpacked models. */
export function unpackedModelsFolder(): string {
  return join(cacheFolder(), 'models');
}

/** The note beside an unpacked model that says where it comes from; its own file, no other program reads it. */
const noteName = 'unpacked.json';

/** Every unpacked model; folders without a readable note are not ours to show. */
export async function listUnpackedModels(cache = unpackedModelsFolder()): Promise<UnpackedModel[]> {
  const names = (await readdir(cache).catch(() => [])).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const models = await Promise.all(
    names.map(async (name): Promise<UnpackedModel | undefined> => {
      const folder = join(cache, name);
      const note = await readNote(folder);
      return note === undefined ? undefined : { folder, bytes: await bytesIn(folder), ...note };
    }),
  );
  return models.filter((model) => model !== undefined);
}

/** Removes an unpacked model; its source stays. @throws Error for a folder that is not in the cache. */
export async function removeUnpackedModel(folder: string, cache = unpackedModelsFolder()): Promise<void> {
  const models = await listUnpackedModels(cache);
  if (!models.some((model) => model.folder === folder)) throw new Error(`${folder}: is no unpacked model of ${cache}.`);
  await rm(folder, { recursive: true, force: true });
}

/** The folder that was made from these very files by the rules of today; undefined where none was, or one of them has changed. */
export async function findUnpacked(
  files: readonly FileIdentity[],
  cache: string,
  layout: number,
): Promise<string | undefined> {
  const models = (await listUnpackedModels(cache)).filter((model) => model.layout === layout);
  return models.find(({ sources }) => sources.some((source) => areSame(source, files)))?.folder;
}

/** Writes into an unpacked model's folder that it comes from these files too, and by which rules. */
export async function noteSource(folder: string, files: readonly FileIdentity[], layout: number): Promise<void> {
  const known = (await readNote(folder))?.sources ?? [];
  if (known.some((source) => areSame(source, files))) return;
  // A file that has changed is another source under the same name.
  const others = known.filter((source) => source[0]?.file !== files[0]?.file);
  const draft = join(folder, `.${noteName}.${randomUUID()}.tmp`);
  await writeFile(draft, `${JSON.stringify({ layout, sources: [...others, files] }, null, 1)}\n`, { flush: true });
  await rename(draft, join(folder, noteName));
}

async function readNote(folder: string): Promise<Pick<UnpackedModel, 'sources' | 'layout'> | undefined> {
  try {
    const text = await readFile(join(folder, noteName), 'utf8');
    const { sources, layout = 0 } = JSON.parse(text) as { sources: unknown; layout?: unknown };
    if (!Array.isArray(sources) || !sources.every(isSource) || typeof layout !== 'number') return undefined;
    return { sources, layout };
  } catch {
    return undefined;
  }
}

function isSource(value: unknown): value is FileIdentity[] {
  return Array.isArray(value) && value.length > 0 && value.every(isIdentity);
}

function isIdentity(value: unknown): value is FileIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { file, bytes, modified } = value as Record<string, unknown>;
  return typeof file === 'string' && typeof bytes === 'number' && typeof modified === 'string';
}

function areSame(a: readonly FileIdentity[], b: readonly FileIdentity[]): boolean {
  const same = (x: FileIdentity, y: FileIdentity | undefined): boolean =>
    x.file === y?.file && x.bytes === y.bytes && x.modified === y.modified;
  return a.length === b.length && a.every((each, i) => same(each, b[i]));
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
