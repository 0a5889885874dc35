import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of the weights in a model's folder as they lie on the disk: one file, or the shards of an index. */
export async function weightBytes(folder: string): Promise<number> {
  const names = await readdir(folder);
  const files = names.filter((name) => /^model(-\d+-of-\d+)?\.safetensors$/.test(name));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, each) => sum + each, 0);
}
