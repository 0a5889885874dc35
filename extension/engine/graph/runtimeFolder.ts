import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where onnxruntime's native library lies, and its version: what other native parts have to stand beside and to fit. */
export function runtimeLibrary(): { readonly folder: string; readonly version: string } {
  // The package's entry is dist/index.js; its manifest cannot be asked for by name everywhere.
  const entry = createRequire(__filename).resolve('onnxruntime-node');
  const packageFolder = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return { folder: join(packageFolder, 'bin/napi-v6', process.platform, process.arch), version };
}
