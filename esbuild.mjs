// Builds every bundle: `node esbuild.mjs [--watch] [--tests] [--production]`. Type checking is apart (`npm run typecheck`).
import { build, context } from 'esbuild';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const node = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Native code and the editor's own API cannot be bundled.
  external: ['vscode', 'onnxruntime-node'],
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'warning',
  absWorkingDir: root,
};

const bundles = [
  { ...node, entryPoints: { extension: 'extension/extension.ts' }, outdir: 'dist', outExtension: { '.js': '.cjs' } },
  { ...node, entryPoints: { trainer: 'extension/trainer/main.ts' }, outdir: 'dist', outExtension: { '.js': '.cjs' } },
  {
    ...node,
    entryPoints: { cli: 'extension/cli.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...node,
    platform: 'browser',
    target: 'chrome120',
    format: 'iife',
    external: [],
    entryPoints: { runs: 'webview/runs.ts' },
    outdir: 'dist/webview',
  },
];

/** Every test file of a folder becomes one bundle of its own, so that mocha can run it as it is. */
function testBundle(folder) {
  const files = readdirSync(join(root, 'test', folder), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.test.ts') || file === 'index.ts');
  return {
    ...node,
    external: [...node.external, 'mocha'],
    entryPoints: files.map((file) => join('test', folder, file)),
    outbase: join('test', folder),
    outdir: join('out', folder),
    outExtension: { '.js': '.cjs' },
    sourcemap: 'inline',
  };
}
if (process.argv.includes('--tests')) bundles.push(testBundle('unit'), testBundle('host'));

if (watch) {
  const contexts = await Promise.all(bundles.map((options) => context({ ...options, logLevel: 'info' })));
  await Promise.all(contexts.map((each) => each.watch()));
} else {
  const results = await Promise.all(bundles.map((options) => build({ ...options, metafile: true })));
  mkdirSync(join(root, 'out'), { recursive: true });
  const outputs = Object.assign({}, ...results.map((result) => result.metafile.outputs));
  writeFileSync(
    join(root, 'out/bundles.json'),
    JSON.stringify(Object.fromEntries(Object.entries(outputs).map(([file, { bytes }]) => [file, bytes])), null, 1),
  );
}
