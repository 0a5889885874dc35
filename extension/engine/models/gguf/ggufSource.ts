import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFile } from '../modelFile';
import { existingParts } from './ggufParts';

/** A model whose weights are in a GGUF file: the file alone, or a folder that has config.json and the tokenizer beside it. */
export interface GgufSource {
  /** The GGUF file, or all parts of it in their order. */
  readonly files: readonly string[];
  /** What lies beside it and is taken as it is: file name -> path. Empty where the file's metadata says it all. */
  readonly companions: Readonly<Record<string, string>>;
}

const companionNames = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/**
 * The source at a path, with all parts where it is one of several; undefined for everything else. Ollama's files have no
 * extension, so the first letters count.
 *
 * @throws ModelError naming the parts that are missing.
 */
export async function findGgufSource(path: string): Promise<GgufSource | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true)
    return path.endsWith('.gguf') || (await beginsAsGguf(path))
      ? { files: existingParts(path), companions: {} }
      : undefined;
  if (!existsSync(join(path, 'model.gguf')) || existsSync(join(path, 'model.safetensors'))) return undefined;
  const beside = companionNames.filter((name) => existsSync(join(path, name)));
  const companions = await Promise.all(beside.map(async (name) => [name, await modelFile(path, name)] as const));
  return { files: [await modelFile(path, 'model.gguf')], companions: Object.fromEntries(companions) };
}

/** What tells that a file is still the one it was, without reading it. */
export interface FileIdentity {
  /** Real path, all links resolved. */
  readonly file: string;
  readonly bytes: number;
  /** Nanoseconds since 1970, as text: more digits than a number holds. */
  readonly modified: string;
}

/** The identities of the GGUF file (its parts) and its companions, in this order. */
export function identitiesOf({ files, companions }: GgufSource): Promise<FileIdentity[]> {
  return Promise.all(
    [...files, ...Object.values(companions)].map(async (each) => {
      const { size, mtimeNs } = await stat(each, { bigint: true });
      return { file: await realpath(each), bytes: Number(size), modified: mtimeNs.toString() };
    }),
  );
}

/** SHA-256 of the GGUF file (its parts) and its companions, hexadecimal. `salt` tells apart what is made of the same bytes. */
export async function contentHash(
  { files, companions }: GgufSource,
  salt: string,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256').update(`${salt}\n`);
  const named = [...files.map((file) => ['model.gguf', file] as const), ...Object.entries(companions)];
  for (const [name, each] of named) {
    hash.update(`${name}\n`);
    for await (const chunk of createReadStream(each, { highWaterMark: 1 << 20 })) {
      signal?.throwIfAborted();
      hash.update(chunk as Buffer);
    }
  }
  return hash.digest('hex');
}

async function beginsAsGguf(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString('latin1') === 'GGUF';
  } finally {
    await handle.close();
  }
}
