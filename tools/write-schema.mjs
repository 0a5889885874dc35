// Writes media/schemas/tune.schema.json from extension/protocol/experiment.ts: `node tools/write-schema.mjs`.
import { build } from 'esbuild';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const file = join(root, 'media', 'schemas', 'tune.schema.json');
const bundle = join(root, 'out', 'experimentJsonSchema.mjs');

await build({
  absWorkingDir: root,
  entryPoints: ['extension/protocol/experimentJsonSchema.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
const { experimentJsonSchema } = await import(pathToFileURL(bundle).href);
const text = await format(JSON.stringify(experimentJsonSchema()), { ...(await resolveConfig(file)), parser: 'json' });
await mkdir(dirname(file), { recursive: true });
await writeFile(file, text);
