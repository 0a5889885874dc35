// Builds every bundle: `node esbuild.mjs [--watch] [--tests[=unit,host,webview,e2e]] [--production]`.
// Type checking is apart (`npm run typecheck`).
import { build, context } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
/** A production build goes where tools/package.mjs makes the package from; it never replaces the one being worked with. */
const product = production ? 'out/package/dist' : 'dist';
const testFlag = process.argv.find((argument) => argument.startsWith('--tests'));
const testFolders = testFlag ? (testFlag.split('=')[1] ?? 'unit,host,webview,e2e').split(',') : [];

const shared = {
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  // Class names reach logs and error messages.
  keepNames: production,
  logLevel: watch ? 'silent' : 'warning',
  absWorkingDir: root,
  metafile: true,
};
const node = {
  ...shared,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outdir: product,
  outExtension: { '.js': '.cjs' },
  // Native code and the editor's own API cannot be bundled.
  external: ['vscode', 'onnxruntime-node'],
};

const products = [
  // Loaded with every window, so it is to be small: a twentieth of it would be names, and ASCII alone takes more bytes.
  { ...node, keepNames: false, charset: 'utf8', entryPoints: { extension: 'extension/extension.ts' } },
  { ...node, entryPoints: { trainer: 'extension/trainer/main.ts' } },
  { ...node, entryPoints: { cli: 'extension/cli.ts' }, banner: { js: '#!/usr/bin/env node' } },
  {
    ...shared,
    platform: 'browser',
    target: 'chrome120',
    format: 'iife',
    loader: { '.css': 'text' },
    entryPoints: Object.fromEntries(
      ['runs', 'inspect', 'diff', 'evaluation'].map((name) => [name, `webview/${name}.ts`]),
    ),
    outdir: `${product}/webview`,
  },
];

/** Every test file of a folder becomes one bundle of its own, so that mocha can run it as it is. */
function testBundle(folder) {
  const files = readdirSync(join(root, 'test', folder), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.test.ts') || file === 'index.ts' || (folder === 'bench' && file.endsWith('.ts')));
  // These drive a browser, whose driver cannot be bundled.
  const asModules = ['webview', 'e2e', 'bench'].includes(folder);
  return {
    ...node,
    entryPoints: files.map((file) => join('test', folder, file)),
    outbase: join('test', folder),
    outdir: join('out', folder),
    sourcemap: 'inline',
    minify: false,
    ...(asModules
      ? {
          format: 'esm',
          define: { __filename: 'import.meta.filename' },
          outExtension: { '.js': '.mjs' },
          packages: 'external',
          external: ['../../tools/*'],
        }
      : { external: [...node.external, 'mocha'] }),
  };
}
const bundles = [...products, ...testFolders.map(testBundle)];

/** Removes what earlier builds left in a folder that this build owns, so that nothing stale is run, tested or packaged. */
function removeStale(folder, outputs) {
  if (!existsSync(join(root, folder))) return;
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    const file = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (entry.isFile() && !(file in outputs)) rmSync(join(root, file), { force: true });
  }
}

let building = 0;
/** Tells an editor's problem matcher (.vscode/tasks.json) when a round of builds begins and ends, and what it found. */
const announce = {
  name: 'announce',
  setup(round) {
    round.onStart(() => {
      if (building++ === 0) console.log('[build] started');
    });
    round.onEnd(({ errors, warnings }) => {
      for (const [severity, messages] of Object.entries({ error: errors, warning: warnings })) {
        for (const { text, location } of messages) {
          const { file, line, column } = location ?? { file: 'esbuild.mjs', line: 1, column: 0 };
          console.log(`${file}:${line}:${column + 1}: ${severity}: ${text}`);
        }
      }
      if (--building === 0) console.log('[build] finished');
    });
  },
};

if (watch) {
  for (const options of bundles) {
    const watched = await context({ ...options, plugins: [announce] });
    await watched.watch();
  }
} else {
  const results = await Promise.allSettled(bundles.map((options) => build(options)));
  const failures = results.filter((result) => result.status === 'rejected').map((result) => result.reason);
  // esbuild has printed the errors it found in our code; anything else is a fault of this script.
  for (const failure of failures) if (!failure.errors) throw failure;
  if (failures.length > 0) process.exit(1);
  const metafiles = results.map((result) => result.value.metafile);
  const outputs = Object.assign({}, ...metafiles.map((metafile) => metafile.outputs));
  removeStale(product, outputs);
  for (const folder of testFolders) removeStale(`out/${folder}`, outputs);
  writeReport(outputs);
}

/** Sizes of the bundles, and the packages whose code is in them: what tools/package.mjs prints and gives credit to. */
function writeReport(outputs) {
  const bundled = Object.entries(outputs).filter(([file]) => file.startsWith(`${product}/`) && !file.endsWith('.map'));
  const inputs = bundled.flatMap(([, { inputs }]) => Object.keys(inputs));
  const packages = inputs.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean);
  const report = {
    bytes: Object.fromEntries(bundled.map(([file, { bytes }]) => [file.slice(product.length + 1), bytes])),
    packages: [...new Set(packages)].sort(),
  };
  const folder = join(root, production ? 'out/package' : 'out');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bundles.json'), JSON.stringify(report, null, 1));
}
