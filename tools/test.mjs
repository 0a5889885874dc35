// `npm test`: everything that has to hold, from a fresh clone. The last line is `N passed, N failed` over all suites.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchLavapipe } from './lavapipe.mjs';
import { orFail } from './progress.mjs';
import {
  buildBundles,
  checkNode,
  installBrowser,
  installPackages,
  installVsCodeServer,
  prepareSamples,
} from './setup.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const node = process.execPath;
const bin = (name) => join(repository, 'node_modules', name);

/** In this order: what is quick and tells most comes first. A suite runs whatever became of the ones before it. */
const suites = [
  { title: 'Format', command: [node, bin('prettier/bin/prettier.cjs'), '--check', '.', '--log-level', 'warn'] },
  { title: 'Types', command: [node, bin('typescript/bin/tsc'), '--noEmit'] },
  { title: 'Lint', command: [node, bin('eslint/bin/eslint.js'), '.'] },
  { title: 'Unit tests', command: [node, 'tools/unit-tests.mjs'], counts: true },
  { title: 'Webview tests', command: [node, 'tools/webview-tests.mjs'], counts: true },
  { title: 'Extension host tests', command: [node, 'tools/host-tests.mjs'], counts: true },
  { title: 'Package', command: [node, 'tools/package.mjs'] },
  {
    // Of what people install; the suite before it has the checkout.
    title: 'End-to-end tests of the package',
    command: [node, 'tools/e2e-tests.mjs'],
    counts: true,
    env: { VSIX: `out/soft-prompt-studio-${process.platform}-${process.arch}.vsix` },
  },
];

/** A check without counts of its own is one test: it passed or it failed. */
async function runSuite({ title, command, counts = false, env = {} }, scratch) {
  console.log(`\n== ${title}`);
  const started = performance.now();
  const countsFile = join(scratch, `${title}.json`);
  const child = spawn(command[0], command.slice(1), {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env, TEST_COUNTS: countsFile },
  });
  const status = await new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) => done(code ?? signal));
  });
  const own = counts ? await readFile(countsFile, 'utf8').then(JSON.parse, () => undefined) : undefined;
  const result = own ?? { passed: status === 0 && !counts ? 1 : 0, failed: status === 0 && !counts ? 0 : 1 };
  if (counts && !own) console.log(`${title} did not finish (${status}).`);
  if (status !== 0 && result.failed === 0) result.failed = 1;
  const seconds = (performance.now() - started) / 1000;
  return { title, seconds, ...result };
}

await orFail(async () => {
  checkNode();
  await installPackages();
  await installBrowser();
  await fetchLavapipe();
  await installVsCodeServer();
  await buildBundles('--tests');
  await prepareSamples();
  const scratch = await mkdtemp(join(tmpdir(), 'tests-'));
  const results = [];
  for (const suite of suites) results.push(await runSuite(suite, scratch));
  await rm(scratch, { recursive: true, force: true });

  console.log();
  for (const { title, passed, failed, seconds } of results) {
    console.log(
      `${failed === 0 ? 'ok    ' : 'FAILED'} ${title.padEnd(34)} ${`${passed} passed`.padStart(10)} ${seconds.toFixed(0).padStart(5)} s${failed ? `   ${failed} failed` : ''}`,
    );
  }
  for (const { title, failures = [] } of results) for (const failure of failures) console.log(`\n${title}: ${failure}`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
});
