// The suites that are files of mocha tests, as tasks for tools/task-pool.mjs: each built file is a process of its own, so what one
// test leaves behind or breaks stays in its file.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTasks } from './task-pool.mjs';
import { reportCounts } from './test-counts.mjs';

/** @typedef {import('./task-pool.mjs').Task} Task */

const mocha = fileURLToPath(new URL('./mocha.mjs', import.meta.url));
const repository = fileURLToPath(new URL('..', import.meta.url));

/**
 * Folder of built tests, milliseconds a test may take, and the word for files that do not run beside each other. Two windows of VS Code at
 * once would each be half as quick as the people who use one.
 */
const suites = {
  unit: { title: 'Unit tests', timeout: 120_000 },
  webview: { title: 'Webview tests', timeout: 60_000 },
  e2e: { title: 'End-to-end tests', timeout: 300_000, alone: 'window' },
};

/**
 * Files that take longer than fifteen seconds, the longest first. They start before all others, so that none of them is left over for one
 * core at the end. The closing lines of `npm test` name the longest ones.
 */
const longest = [
  'e2e/interruptions',
  'e2e/revisions',
  'e2e/tunePrompt',
  'e2e/models',
  'e2e/evaluationChoices',
  'e2e/evaluation',
  'e2e/inspect',
  'unit/models/webgpu',
  'webview/evaluation',
  'unit/trainer/client',
  'webview/inspectPanel',
  'webview/table',
  'webview/accessibility',
  'unit/models/webgpuStep',
  'unit/trainer/providers',
  'unit/trainer/cli',
  'unit/models/float16OnGpu',
];

/** Tests that use a graphics device, here one that is software: they need what npm run setup installs, and take the most time. */
const onGraphics = /webgpu|OnGpu|trainer.providers/;

/**
 * @param {keyof typeof suites} suite
 * @param {object} [choice]
 * @param {string[]} [choice.only] Words of which one has to be in a file's name; default: all files.
 * @param {boolean} [choice.graphics] false: without the files that compute on a graphics device.
 * @param {string} [choice.after] Name of a task that has to end first.
 * @param {Record<string, string>} [choice.env]
 * @returns {Promise<Task[]>} The longest first. One that fails where there are no tests: that proves nothing.
 */
export async function testTasks(suite, { only = [], graphics = true, after, env } = {}) {
  const { title, timeout, alone } = { alone: undefined, ...suites[suite] };
  const folder = join(repository, 'out', suite);
  const names = await readdir(folder, { recursive: true }).catch(() => /** @type {string[]} */ ([]));
  const files = names.filter(
    (name) =>
      /\.test\.[cm]js$/.test(name) &&
      (only.length === 0 || only.some((word) => name.includes(word))) &&
      (graphics || !onGraphics.test(name)),
  );
  return byLength(
    files.map((file) => ({
      suite: title,
      name: `${suite}/${file.replaceAll('\\', '/').replace(/\.test\.[cm]js$/, '')}`,
      command: [process.execPath, '--enable-source-maps', mocha, `--timeout=${timeout}`, join(folder, file)],
      counts: true,
      ...(alone && { alone }),
      ...(after && { after }),
      ...(env && { env }),
    })),
  );
}

/**
 * The tasks that take longest first, the others in the order of their names.
 * @param {Task[]} tasks
 */
export function byLength(tasks) {
  const place = ({ name }) => (longest.includes(name) ? longest.indexOf(name) : longest.length);
  return tasks.sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

/**
 * Runs one suite alone: what `npm run test:unit`, `test:webview` and `test:e2e` do, with the words of the command line.
 * @param {keyof typeof suites} suite
 */
export async function runSuite(suite) {
  const results = await runTasks(await testTasks(suite, { only: process.argv.slice(2) }), repository);
  const failures = results.flatMap((result) => result.failures);
  for (const failure of failures) console.log(`\n${failure}`);
  await reportCounts({
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    failures,
  });
}
