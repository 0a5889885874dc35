// Packs files for the VSIX better than its own deflate does; extension/engine/storage unpacks them at first use.
import { build } from 'esbuild';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from './vscode-server.mjs';

/** Codes of weights are noise: beyond this quality nothing is gained. */
const weightsQuality = 5;

/**
 * Replaces the GGUF file of a model's folder by a packed one.
 * @param {string} folder
 */
export async function packModel(folder) {
  const { GgufFile, recordParts } = await loadEngine();
  const path = join(folder, 'model.gguf');
  const content = await readFile(path);
  const arrangement = { kind: 'records', parts: recordParts(await GgufFile.read(path), content.length) };
  await pack(folder, 'model.gguf', arrangement, weightsQuality);
}

/**
 * Replaces a library of x86 code by a packed one.
 * @param {string} folder The one that will hold `packed.json`.
 * @param {string} name The library's path from there.
 * @param {number} quality Brotli's, 0 to 11.
 */
export async function packLibrary(folder, name, quality) {
  await pack(folder, name, { kind: 'x86-code' }, quality);
}

async function pack(folder, name, arrangement, quality) {
  const { packFile, unpackFile } = await loadEngine();
  const path = join(folder, name);
  const content = await readFile(path);
  const { file, packed } = await packFile(name, content, arrangement, quality);
  // What is lost here would be lost for everybody.
  const unpacked = await unpackFile(file, packed);
  if (!unpacked || !content.equals(unpacked)) throw new Error(`${name} is not the same after packing and unpacking.`);
  await writeFile(`${path}.br`, packed);
  await writeFile(join(folder, 'packed.json'), `${JSON.stringify(file)}\n`);
  await rm(path);
}

let engine;

/** The extension's own code, which is TypeScript. */
function loadEngine() {
  engine ??= (async () => {
    const outfile = join(repository, 'out/packing.mjs');
    const modules = ['engine/storage/packedFile', 'engine/models/gguf/ggufFile', 'engine/models/gguf/recordParts'];
    await build({
      absWorkingDir: repository,
      stdin: {
        contents: modules.map((name) => `export * from './extension/${name}';`).join('\n'),
        resolveDir: repository,
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
    });
    return import(pathToFileURL(outfile).href);
  })();
  return engine;
}
