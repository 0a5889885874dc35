// Makes the VSIX of one platform: `npm run package [-- --target=linux-x64] [--release]`, by default of this one. Production
// bundles, the manifest, and only that platform's native libraries; .vscodeignore says what gets in. `--release` packs the
// library as small as brotli can, which takes minutes; what it unpacks to is the same.
import vsce from '@vscode/vsce';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packLibrary, packModel } from './packing.mjs';
import { prepareSamples } from './prepare-samples.mjs';
import { repository } from './vscode-server.mjs';

/**
 * VSIX target -> folder of onnxruntime-node's binaries, those of them that are never loaded there, and the one that lies packed. Only where
 * the tests of the package run: what goes wrong at unpacking leaves nothing that works.
 */
const targets = {
  'linux-x64': { binaries: 'linux/x64', packed: 'libonnxruntime.so.1' },
  'linux-arm64': { binaries: 'linux/arm64' },
  // The second copy of the library: the binding asks for libonnxruntime.1.dylib.
  'darwin-arm64': { binaries: 'darwin/arm64', unused: /^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/ },
  'win32-x64': { binaries: 'win32/x64' },
  'win32-arm64': { binaries: 'win32/arm64' },
};

const here = `${process.platform}-${process.arch}`;
const target = process.argv.find((argument) => argument.startsWith('--target='))?.slice(9) ?? here;
if (!(target in targets)) {
  console.error(
    `There is no package for ${target}: onnxruntime-node has libraries for ${Object.keys(targets).join(', ')}.`,
  );
  process.exit(1);
}

/** On two cores 7 takes about ten seconds, 9 forty, and 11 three minutes and more. */
const libraryQuality = process.argv.includes('--release') ? 11 : 7;
const stage = join(repository, 'out/package');
const modules = join(repository, 'node_modules');
await rm(stage, { recursive: true, force: true });
await mkdir(stage, { recursive: true });
const built = spawnSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: repository, stdio: 'inherit' });
if (built.status !== 0) process.exit(1);
const report = JSON.parse(await readFile(join(stage, 'bundles.json'), 'utf8'));
await copyRuntime(targets[target]);
await copyManifest();
await packModel(join(stage, 'media/model'));
// For the command that copies the sample workspace; its README names where the data come from.
await prepareSamples(join(stage, 'samples'));
await writeFile(join(stage, 'THIRD-PARTY-NOTICES.txt'), await notices(report.packages));

const packagePath = join(repository, `out/soft-prompt-studio-${target}.vsix`);
await vsce.createVSIX({
  cwd: stage,
  packagePath,
  target,
  dependencies: false,
  ignoreFile: join(repository, '.vscodeignore'),
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
for (const [file, bytes] of Object.entries(report.bytes))
  console.log(`dist/${file.padEnd(24)} ${(bytes / 1000).toFixed(0).padStart(6)} kB`);
console.log(
  `dist/node_modules ${megabytes(await folderBytes(join(stage, 'dist/node_modules')))}, media ${megabytes(await folderBytes(join(stage, 'media')))}`,
);
console.log(`${packagePath.slice(repository.length + 1)} ${megabytes((await stat(packagePath)).size)}`);

/** What `require('onnxruntime-node')` of dist/trainer.cjs needs at run time, beside it: no installer, no other platform. */
async function copyRuntime({ binaries, unused, packed }) {
  const runtime = join(stage, 'dist/node_modules/onnxruntime-node');
  const source = join(modules, 'onnxruntime-node');
  const isCode = (path) => !/\.(d\.ts|map)$/.test(path);
  await cp(join(source, 'dist'), join(runtime, 'dist'), { recursive: true, filter: isCode });
  const from = join(source, 'bin/napi-v6', binaries);
  for (const file of await readdir(from)) {
    if (!unused?.test(file)) await cp(join(from, file), join(runtime, 'bin/napi-v6', binaries, file));
  }
  await cp(join(source, 'package.json'), join(runtime, 'package.json'));
  const common = join(stage, 'dist/node_modules/onnxruntime-common');
  await cp(join(modules, 'onnxruntime-common/dist/cjs'), join(common, 'dist/cjs'), { recursive: true, filter: isCode });
  await cp(join(modules, 'onnxruntime-common/package.json'), join(common, 'package.json'));
  const name = `onnxruntime-node/bin/napi-v6/${binaries}/${packed}`;
  if (packed) await packLibrary(join(stage, 'dist/node_modules'), name, libraryQuality);
}

/** The manifest without what only development needs, and the files it names. */
async function copyManifest() {
  const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  for (const key of ['private', 'scripts', 'bin', 'allowScripts', 'dependencies', 'devDependencies'])
    delete manifest[key];
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const files = ['README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'l10n'];
  files.push(...(await readdir(repository)).filter((name) => /^package\.nls(\..+)?\.json$/.test(name)));
  for (const file of files)
    if (existsSync(join(repository, file))) await cp(join(repository, file), join(stage, file), { recursive: true });
}

/** The licence of every package whose code is shipped, as those licences ask for. */
async function notices(bundled) {
  const folders = [...bundled, 'node_modules/onnxruntime-node', 'node_modules/onnxruntime-common'];
  const entries = folders.map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(repository, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(repository, folder))).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(join(repository, folder, file), 'utf8') : `Licence: ${license}.`;
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(entries)).join(`\n${'-'.repeat(80)}\n\n`);
}

async function folderBytes(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
