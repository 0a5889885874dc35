// What a fresh clone lacks, brought in once: `node tools/setup.mjs` prepares everything that `npm start` and `npm test`
// need. Only Node's own modules are used here, because nothing is installed yet when this runs.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumPath } from './chromium.mjs';
import { fetchLavapipe, lavapipePackages } from './lavapipe.mjs';
import { StepFailed, orFail, run, step } from './progress.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const hostFolder = join(repository, 'test/vscode-host');
const debianPackages = ['chromium', 'libvulkan1', ...lavapipePackages];

/** @throws {StepFailed} When this Node is too old to run what is about to be installed. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StepFailed(
    `Soft Prompt Studio is built with Node 20.19 or newer; this is ${process.version}. Install it from your system or nodejs.org.`,
  );
}

/**
 * Whether a folder's node_modules holds what its lock file says. npm keeps its own account of an installation in
 * node_modules/.package-lock.json, written when it is complete; packages for other platforms are absent from it.
 * @param {string} folder
 */
function isInstalled(folder) {
  const account = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(account)) return false;
  const locked = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(account, 'utf8')).packages;
  return Object.entries(locked).every(([path, { version, integrity, optional, devOptional, peer }]) => {
    const found = installed[path];
    if (path === '' || (!found && (optional || devOptional || peer))) return true;
    return found?.version === version && found.integrity === integrity;
  });
}

/** The project's own packages. */
export async function installPackages() {
  if (isInstalled(repository)) return;
  const advice = 'Check the network and the npm registry, then run this again.';
  await step('Installing packages', () => run('npm', ['ci', '--loglevel=error'], { cwd: repository, advice }));
}

/** VS Code's server for the tests, and for `npm start` where there is no desktop VS Code. */
export async function installVsCodeServer() {
  const server = join(hostFolder, 'node_modules/code-server/lib/vscode');
  if (!isInstalled(hostFolder) || !existsSync(server)) {
    const advice = 'Check the network and the npm registry, then run this again.';
    // Its install scripts would compile what the server does without.
    const install = () => run('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: hostFolder, advice });
    await step('Installing the VS Code server', install);
  }
  // The workbench's page loads some of its modules by URL from there.
  const modules = join(server, 'node_modules');
  if (!lstatSync(modules, { throwIfNoEntry: false })) symlinkSync('../../..', modules, 'junction');
}

/** The browser that the tests drive, and the Vulkan loader through which software devices stand in for a GPU. */
export async function installBrowser() {
  const missing = missingDebianPackages();
  if (missing.length === 0) return;
  const root = process.getuid?.() === 0;
  const sudo = !root && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!root && !sudo) {
    throw new StepFailed(
      `The tests need the Debian packages ${missing.join(' and ')}. Install them with "sudo ${command}" and run this again.`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const advice = `Install them by hand with "${root ? '' : 'sudo '}${command}", then run this again.`;
  const apt = (...args) => {
    const words = [...(root ? [] : ['sudo', '-n']), 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300', ...args];
    return run(words[0], words.slice(1), { env, advice });
  };
  await step(`Installing ${missing.join(' and ')}`, async () => {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...missing);
  });
}

/** @returns {string[]} */
function missingDebianPackages() {
  if (existsSync('/usr/bin/dpkg-query')) {
    const isThere = (name) =>
      spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]).stdout.toString() === 'installed';
    return debianPackages.filter((name) => !isThere(name) && !(name === 'chromium' && chromiumPath()));
  }
  if (chromiumPath()) return [];
  throw new StepFailed(
    'The tests need Chromium or Chrome. Install one, or name it in the variable CHROMIUM, and run this again.',
  );
}

/** @param {...string} flags Flags of esbuild.mjs. */
export async function buildBundles(...flags) {
  const advice = 'Correct the errors above; "npm run watch" rebuilds as you type.';
  await step('Building', () => run(process.execPath, ['esbuild.mjs', ...flags], { cwd: repository, advice }));
}

/** The sample data sets and experiments in samples/. */
export async function prepareSamples() {
  const advice = 'Delete the folder samples/ and run this again.';
  const prepare = () => run(process.execPath, ['tools/prepare-samples.mjs'], { cwd: repository, advice });
  await step('Preparing the sample data', prepare);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await orFail(async () => {
    checkNode();
    await installPackages();
    await installVsCodeServer();
    await installBrowser();
    await fetchLavapipe();
    await buildBundles('--tests');
    await prepareSamples();
    console.log('Ready: "npm start" tries it, "npm test" checks it.');
  });
}
