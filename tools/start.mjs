// `npm start`: from a fresh clone to a learned soft prompt, then VS Code on the sample workspace. Without a terminal it
// ends after the result; `npm start -- --no-editor` does so too.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StepFailed, orFail } from './progress.mjs';
import { buildBundles, checkNode, installPackages, installVsCodeServer, prepareSamples } from './setup.mjs';
import { startServer } from './vscode-server.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const samples = join(repository, 'samples');
const experiment = join(samples, 'amazon.tune.json');

await orFail(async () => {
  checkNode();
  await installPackages();
  await buildBundles();
  await prepareSamples();
  await tuneSample();
  const attached = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (!attached || process.argv.includes('--no-editor')) return;
  if (hasDesktopEditor()) openDesktopEditor();
  else await serveEditor();
});

/** The same command a person would type; it draws its own progress and its own table. */
async function tuneSample() {
  const child = spawn(process.execPath, ['dist/cli.cjs', 'tune', experiment, '--baselines'], {
    cwd: repository,
    stdio: 'inherit',
  });
  const status = await new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) => done(code ?? signal));
  });
  if (status !== 0) throw new StepFailed(`The sample run ended with ${status}; the line above says why.`);
}

/** Whether `code` opens a window on this machine: not inside a remote terminal, not without a display, not for root. */
function hasDesktopEditor() {
  if (process.env.VSCODE_IPC_HOOK_CLI || process.env.SSH_CONNECTION) return false;
  if (process.platform === 'linux') {
    if (process.getuid?.() === 0 || !(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)) return false;
  }
  return spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' }).status === 0;
}

function openDesktopEditor() {
  const words = [`--extensionDevelopmentPath=${repository}`, samples];
  spawn('code', words, { stdio: 'ignore', detached: true, shell: process.platform === 'win32' }).unref();
  console.log(`Opening VS Code on ${samples} ... run "Soft Prompt: Tune Prompt" from its command palette.`);
}

async function serveEditor() {
  await installVsCodeServer();
  // Whoever else is logged in to this machine can reach the port, but does not know the token.
  const token = randomBytes(16).toString('hex');
  const server = await startServer({ token, extension: repository });
  console.log(`\nVS Code is at ${server.url}/?${new URLSearchParams({ tkn: token, folder: samples })}`);
  console.log('Open it in a browser and run "Soft Prompt: Tune Prompt" from the command palette (F1). Ctrl+C ends it.');
  await new Promise((interrupted) => {
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
  });
  console.log();
  await server.stop();
}
