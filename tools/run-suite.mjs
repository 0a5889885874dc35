// Runs a folder of built test files in one or more mocha processes and adds up what they report.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportCounts } from './test-counts.mjs';

const mocha = fileURLToPath(new URL('./mocha.mjs', import.meta.url));

/**
 * @param {object} suite
 * @param {string} suite.folder Folder of built tests, such as out/unit.
 * @param {number} [suite.processes] How many mocha processes share the files; default 1.
 * @param {number} [suite.timeout] Milliseconds a test may take; default 60,000.
 * @param {Record<string, string>} [suite.env]
 * @param {string[]} [suite.only] Words of which one has to be in a file's name; default: all files.
 */
export async function runSuite({ folder, processes = 1, timeout = 60_000, env = {}, only = [] }) {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const wanted = names.filter(
    (name) => /\.test\.[cm]js$/.test(name) && (only.length === 0 || only.some((word) => name.includes(word))),
  );
  const sized = await Promise.all(
    wanted.map(async (name) => ({ file: join(folder, name), bytes: (await stat(join(folder, name))).size })),
  );
  sized.sort((a, b) => a.file.localeCompare(b.file));
  const shares = Array.from({ length: Math.min(processes, Math.max(sized.length, 1)) }, (_, share) =>
    sized.filter((_, i) => i % processes === share).map(({ file }) => file),
  );
  const scratch = await mkdtemp(join(tmpdir(), 'suite-'));
  const counts = await Promise.all(shares.map((files, i) => runShare(files, { i, scratch, timeout, env })));
  await rm(scratch, { recursive: true, force: true });
  await reportCounts({
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    failures: counts.flatMap(({ failures = [] }) => failures),
  });
}

async function runShare(files, { i, scratch, timeout, env }) {
  if (files.length === 0) return { passed: 0, failed: 0 };
  const countsFile = join(scratch, `${i}.json`);
  const child = spawn(process.execPath, ['--enable-source-maps', mocha, `--timeout=${timeout}`, ...files], {
    env: { ...process.env, ...env, TEST_COUNTS: countsFile },
    // The first share is shown as it comes; the others afterwards, so that their lines do not mix.
    stdio: ['ignore', i === 0 ? 'inherit' : 'pipe', i === 0 ? 'inherit' : 'pipe'],
  });
  const held = [];
  child.stdout?.on('data', (bytes) => held.push(bytes));
  child.stderr?.on('data', (bytes) => held.push(bytes));
  const status = await new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) => done(code ?? signal));
  });
  if (held.length > 0) process.stdout.write(Buffer.concat(held));
  const counts = await readFile(countsFile, 'utf8').then(JSON.parse, () => undefined);
  if (!counts) console.log(`mocha ended with ${status} before it had run ${files.join(', ')}.`);
  if (!counts) return { passed: 0, failed: 1 };
  // A process that fails after its tests have passed (a crash on exit) has failed.
  return status === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}
