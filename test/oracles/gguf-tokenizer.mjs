// Writes what the product makes of a GGUF file's tokenizer: node test/oracles/gguf-tokenizer.mjs FILE.gguf OUT.json. See gguf_tokens.py.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [file, out] = process.argv.slice(2);
const outfile = join(tmpdir(), `ggufTokenizer-${process.pid}.mjs`);
const modules = ['ggufFile', 'tokenizers/readTokenizer'];
await build({
  stdin: {
    contents: modules.map((name) => `export * from './extension/engine/models/gguf/${name}';`).join('\n'),
    resolveDir: '.',
  },
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
});
const { GgufFile, readTokenizer } = await import(pathToFileURL(outfile).href);
const { metadata } = await GgufFile.read(file);
writeFileSync(out, JSON.stringify(readTokenizer(metadata, Infinity).definition));
