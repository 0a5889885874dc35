import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unpackedFolder } from '../storage/unpackedFolder';

/** The folder that onnxruntime-node is loaded from. Its library may lie packed, and is unpacked then. @throws UnpackingError where that fails. */
export async function runtimePackage(): Promise<string> {
  // The package's entry is dist/index.js; its manifest cannot be asked for by name everywhere.
  const entry = createRequire(__filename).resolve('onnxruntime-node');
  const modules = dirname(dirname(dirname(entry)));
  return join(await unpackedFolder(modules), 'onnxruntime-node');
}

/** Where onnxruntime's native library lies, and its version: what other native parts have to stand beside and to fit. */
export async function runtimeLibrary(): Promise<{ readonly folder: string; readonly version: string }> {
  const packageFolder = await runtimePackage();
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return { folder: join(packageFolder, 'bin/napi-v6', process.platform, process.arch), version };
}
