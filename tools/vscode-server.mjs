// VS Code's own server, from the npm package code-server (nothing else of that package is used), on loopback and offline.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const hostFolder = join(repository, 'test/vscode-host');
const vscodeFolder = process.env.VSCODE_SERVER ?? join(hostFolder, 'node_modules/code-server/lib/vscode');

/** This VS Code needs Node 24 (`registerHooks` of node:module); ours runs on 20, so the server brings its own from npm. */
function serverNode() {
  const folder = join(
    hostFolder,
    `node_modules/node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
  );
  const own = join(folder, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
  if (process.env.VSCODE_SERVER_NODE) return process.env.VSCODE_SERVER_NODE;
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Error(
    `The VS Code server needs Node 24 or newer; this is ${process.version}. Install Node 24 and run this again.`,
  );
}

/** What a first start would otherwise look up, ask or show. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.agentHost.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.openRepositoryInParentFolders': 'never',
  'git.autofetch': false,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
};

/**
 * Environment of somebody whose home is `folder`: the models and tokens that the machine running the tests has are none of theirs.
 * @type {(folder: string) => Record<string, string | undefined>}
 */
export const livingIn = (folder) => ({
  HOME: folder,
  USERPROFILE: folder,
  HF_HOME: undefined,
  HF_HUB_CACHE: undefined,
  HUGGINGFACE_HUB_CACHE: undefined,
  HF_ENDPOINT: undefined,
  HF_TOKEN: undefined,
  OLLAMA_MODELS: undefined,
  XDG_CACHE_HOME: undefined,
});

/**
 * @typedef {object} ServerOptions
 * @property {boolean} [smokeDriver] Lets the page name a test suite for the extension host; hides notifications.
 * @property {boolean} [workspaceTrust] Folders start untrusted, as on a desktop. Default: every folder is trusted.
 * @property {string} [token] Connection token that the page has to bring. Default: none, for tests.
 * @property {string} [extension] What to install: the repository's folder, or a .vsix file. Default: nothing.
 * @property {Record<string, unknown>} [settings] User settings beside the quiet ones.
 * @property {Record<string, string | undefined>} [env] Environment of server and extension hosts beside our own.
 *
 * @typedef {object} Server
 * @property {string} url
 * @property {number} port
 * @property {string} dataFolder Where user settings, state and logs lie; removed by `stop`.
 * @property {() => string} output Everything the server wrote so far.
 * @property {(listener: (text: string) => void) => void} onOutput
 * @property {() => Promise<void>} stop Ends the server and everything it started.
 */

/**
 * Starts a server of its own, with a data folder of its own, on a free port.
 * @param {ServerOptions} [options]
 * @returns {Promise<Server>}
 */
export async function startServer(options = {}) {
  // A short path: it holds Unix sockets, whose names are limited to about a hundred characters.
  const dataFolder = await mkdtemp(join(tmpdir(), 'vsc-'));
  const temporary = join(dataFolder, 'tmp');
  for (const folder of ['data/User', 'extensions', 'tmp']) await mkdir(join(dataFolder, folder), { recursive: true });
  const settings = {
    ...quietSettings,
    'security.workspace.trust.enabled': options.workspaceTrust === true,
    'security.workspace.trust.startupPrompt': 'never',
    ...options.settings,
  };
  await writeFile(join(dataFolder, 'data/User/settings.json'), JSON.stringify(settings, null, 1));
  const entry = join(vscodeFolder, 'out/server-main.js');
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (/^(VSCODE_|ELECTRON_RUN_AS_NODE$|npm_)/.test(name)) delete env[name];
  Object.assign(
    env,
    { EXTENSIONS_GALLERY: '{"serviceUrl":""}', TMPDIR: temporary, XDG_RUNTIME_DIR: temporary },
    options.env,
  );
  await install(options.extension, dataFolder, entry, env);

  const flags = [
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--server-data-dir',
    dataFolder,
    '--accept-server-license-terms',
  ];
  // A browser that goes away may not get to say so. Then the server would keep extension hosts for three hours.
  flags.push('--reconnection-grace-time', '20');
  flags.push('--disable-telemetry', '--disable-experiments', '--disable-update-check');
  flags.push(...(options.token ? ['--connection-token', options.token] : ['--without-connection-token']));
  if (!options.workspaceTrust) flags.push('--disable-workspace-trust');
  if (options.smokeDriver) flags.push('--enable-smoke-test-driver');
  // A process group of its own, so that stop() also ends the extension hosts and what they started.
  const child = spawn(serverNode(), [entry, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  let ended = false;
  /** @type {((text: string) => void)[]} */
  const listeners = [];
  child.once('close', () => (ended = true));

  const signal = (/** @type {NodeJS.Signals} */ name) => {
    try {
      process.kill(-(child.pid ?? 0), name);
    } catch {
      // The group is gone already.
    }
  };
  const killGroup = () => signal('SIGKILL');
  process.once('exit', killGroup);
  const stop = async () => {
    if (!ended) {
      const closed = new Promise((done) => child.once('close', done));
      signal('SIGTERM');
      await Promise.race([closed, new Promise((done) => setTimeout(done, 3000).unref())]);
    }
    killGroup();
    process.off('exit', killGroup);
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  };

  try {
    const port = await new Promise((listening, failed) => {
      const limit = setTimeout(() => failed(new Error(`The VS Code server did not start in 90 s:\n${output}`)), 90_000);
      const read = (/** @type {Buffer} */ bytes) => {
        const text = String(bytes);
        output += text;
        for (const listener of listeners) listener(text);
        const match = /Extension host agent listening on (\d+)/.exec(output);
        if (!match) return;
        clearTimeout(limit);
        listening(Number(match[1]));
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', failed);
      child.once('close', (code, by) => {
        clearTimeout(limit);
        failed(new Error(`The VS Code server ended (${code ?? by}):\n${output}`));
      });
    });
    const onOutput = (/** @type {(text: string) => void} */ listener) => void listeners.push(listener);
    return { url: `http://127.0.0.1:${port}`, port, dataFolder, output: () => output, onOutput, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @type {(extension: string | undefined, dataFolder: string, entry: string, env: NodeJS.ProcessEnv) => Promise<void>} */
async function install(extension, dataFolder, entry, env) {
  if (extension === undefined) return;
  if (extension.endsWith('.vsix')) {
    const flags = [
      '--accept-server-license-terms',
      '--server-data-dir',
      dataFolder,
      '--install-extension',
      resolve(extension),
    ];
    await promisify(execFile)(serverNode(), [entry, ...flags], { env });
    return;
  }
  const { publisher, name, version } = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8'));
  await symlink(resolve(extension), join(dataFolder, 'extensions', `${publisher}.${name}-${version}`), 'junction');
}
