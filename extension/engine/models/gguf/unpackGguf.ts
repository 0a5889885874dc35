import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Configuration } from '../configuration';
import { draftOf, removeAbandonedDrafts } from '../../storage/drafts';
import { ModelError } from '../modelError';
import { readSafetensorsHeader } from '../safetensors';
import { describeGguf } from './describeGguf';
import { GgufFile } from './ggufFile';
import { contentHash, identitiesOf, type GgufSource } from './ggufSource';
import { readTokenizer } from './tokenizers/readTokenizer';
import { findUnpacked, noteSource, unpackedModelsFolder } from './unpackedModels';
import { checkpointBytes, storedType, writeCheckpoint, type DequantisedType } from './writeCheckpoint';

/** Raised when the same source must unpack to other bytes than before. */
const layoutVersion = 4;

/** Beside an unpacked model: what a person should know of how its file was read. No other program reads it. */
const notesName = 'notes.json';

export interface UnpackOptions {
  /** The folder to keep it in; default: `models` in this system's cache folder. */
  readonly cache?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with numbers of the weights: how many are done, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The folder, in this system's cache, of the same model in the layout of Hugging Face: weights in model.safetensors, which
 * sessions map in place, config.json and tokenizer.json. Made on first use, found again by the SHA-256 of the source files.
 *
 * Weights become float16, half the size of the float32 that holds every dequantised number exactly. A folder with a
 * configuration of its own, as the bundled model is, keeps float32: its published figures are those of the exact numbers.
 *
 * @throws ModelError for a source that cannot be read, an architecture or tokenizer that is not supported, or too little space.
 * The signal's reason where it is aborted.
 */
export async function unpackGguf(source: GgufSource, options: UnpackOptions = {}): Promise<string> {
  const cache = options.cache ?? unpackedModelsFolder();
  const files = await identitiesOf(source);
  const known = await findUnpacked(files, cache, layoutVersion);
  if (known !== undefined && (await isComplete(known))) return known;

  const dequantised: DequantisedType = 'config.json' in source.companions ? 'F32' : 'F16';
  const salt = `layout ${layoutVersion}, ${dequantised}`;
  const target = join(cache, await contentHash(source, salt, options.signal));
  if (!(await isComplete(target))) await makeFolder(source, target, dequantised, options);
  await noteSource(target, files, layoutVersion);
  return target;
}

/** What a person should know of how an unpacked model's file was read; nothing for a folder that was not unpacked here. */
export async function unpackingNotes(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, notesName), 'utf8').catch(() => '[]');
  return JSON.parse(text) as string[];
}

async function makeFolder(
  source: GgufSource,
  target: string,
  dequantised: DequantisedType,
  options: UnpackOptions,
): Promise<void> {
  await removeAbandonedDrafts(dirname(target));
  // Another process may be doing the same: each writes a folder of its own, and one of them gets the name.
  const draft = draftOf(target);
  await mkdir(draft, { recursive: true });
  try {
    await fillFolder(source, draft, dequantised, options);
    if (existsSync(target) && !(await isComplete(target))) await rm(target, { recursive: true, force: true });
    await rename(draft, target).catch(async (error: unknown) => {
      if (!(await isComplete(target))) throw error;
    });
    await syncFolder(dirname(target));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function fillFolder(
  { files, companions }: GgufSource,
  folder: string,
  dequantised: DequantisedType,
  options: UnpackOptions,
): Promise<void> {
  const gguf = await GgufFile.read(...files);
  const { model, rules } = await describeGguf(gguf);
  await requireSpace(folder, checkpointBytes(gguf, dequantised));
  for (const [each, path] of Object.entries(companions)) await copyFile(path, join(folder, each));
  if (!('config.json' in companions)) {
    const tokenizer = readTokenizer(gguf.metadata, model.shapeOf('token_embd.weight')?.[0] ?? 0);
    const configuration = { ...rules.configuration(model), ...tokenizer.ids, torch_dtype: typeName(gguf) };
    await writeJson(join(folder, 'config.json'), configuration);
    await writeJson(join(folder, 'tokenizer.json'), tokenizer.definition);
    await writeJson(join(folder, 'tokenizer_config.json'), tokenizer.settings);
    if (tokenizer.notes.length > 0) await writeJson(join(folder, notesName), tokenizer.notes);
  }
  const { signal, onProgress } = options;
  const configuration = await Configuration.read(folder);
  const weights = join(folder, 'model.safetensors');
  await writeCheckpoint(gguf, model, rules, weights, { configuration, dequantised, signal, onProgress });
}

/** What transformers loads the weights as: what the embeddings are written as. */
function typeName(gguf: GgufFile): string {
  const embeddings = gguf.tensor('token_embd.weight');
  return { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[embeddings ? storedType(embeddings, 'F16') : 'F16'];
}

/** The header of a torn file does not fit its size. */
async function isComplete(folder: string): Promise<boolean> {
  return readSafetensorsHeader(join(folder, 'model.safetensors')).then(
    () => existsSync(join(folder, 'config.json')),
    () => false,
  );
}

async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const megabytes = (count: number): string => `${Math.ceil(count / 1e6)} MB`;
  if (bavail * bsize < bytes)
    throw new ModelError(
      `${dirname(folder)}: has ${megabytes(bavail * bsize)} free, the unpacked weights need ${megabytes(bytes)}. Make room, or remove models that are not needed any more.`,
    );
}

/** Keys in the order given; flushed, since the folder's name promises that everything is there. */
async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value)}\n`, { flush: true });
}

/** Makes a rename in the folder survive a power cut, where the system lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
