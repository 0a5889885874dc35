// Runs tests as separate processes, as many at once as this machine has cores, the longest first.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One process and what it proves.
 * @typedef {object} Task
 * @property {string} suite The suite that its result counts for.
 * @property {string} name Unique; how the output names it.
 * @property {string[]} command Program and arguments.
 * @property {Record<string, string>} [env] Environment beside our own.
 * @property {boolean} [counts] Whether it writes the file that TEST_COUNTS names. A task without is one test.
 * @property {string} [after] Name of a task that has to end first.
 * @property {string} [alone] Tasks of one such word never run at the same time.
 *
 * @typedef {{ task: Task, seconds: number, passed: number, failed: number, failures: string[] }} Result
 */

/**
 * Runs every task, whatever became of the others, in the order given as far as `after` and `alone` allow. Prints what a task
 * wrote when it ends, so that the lines of two tasks never mix.
 * @param {Task[]} tasks
 * @param {string} cwd
 * @param {number} [slots] How many run at once.
 * @returns {Promise<Result[]>} In the order in which the tasks ended.
 */
export async function runTasks(tasks, cwd, slots = Math.max(2, availableParallelism())) {
  const scratch = await mkdtemp(join(tmpdir(), 'tests-'));
  const waiting = [...tasks];
  /** @type {Task[]} */
  const running = [];
  /** @type {Result[]} */
  const results = [];
  const named = (list, name) => list.some((task) => task.name === name);
  const mayStart = ({ after, alone }) =>
    !(after && (named(waiting, after) || named(running, after))) &&
    !(alone && running.some((task) => task.alone === alone));

  await new Promise((done) => {
    const next = () => {
      while (running.length < slots) {
        const place = waiting.findIndex(mayStart);
        if (place < 0) break;
        const [task] = waiting.splice(place, 1);
        running.push(task);
        void runTask(task, cwd, join(scratch, `${results.length + running.length}-${waiting.length}.json`)).then(
          (result) => {
            running.splice(running.indexOf(task), 1);
            results.push(result);
            next();
          },
        );
      }
      if (running.length === 0) done(undefined);
    };
    next();
  });
  await rm(scratch, { recursive: true, force: true });
  return results;
}

/** @param {Task} task @param {string} cwd @param {string} countsFile @returns {Promise<Result>} */
async function runTask(task, cwd, countsFile) {
  const { name, command, env = {}, counts = false } = task;
  const started = performance.now();
  const child = spawn(command[0], command.slice(1), {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, TEST_COUNTS: countsFile },
  });
  /** @type {Buffer[]} */
  const output = [];
  child.stdout.on('data', (bytes) => output.push(bytes));
  child.stderr.on('data', (bytes) => output.push(bytes));
  const status = await new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) => done(code ?? signal));
  });
  const own = counts ? await readFile(countsFile, 'utf8').then(JSON.parse, () => undefined) : undefined;
  const result = own ?? { passed: status === 0 && !counts ? 1 : 0, failed: status === 0 && !counts ? 0 : 1 };
  // A process that fails after its tests have passed (a crash on exit) has failed.
  if (status !== 0 && result.failed === 0) result.failed = 1;
  const failures = result.failures ?? [];
  if (result.failed > 0 && failures.length === 0) failures.push(`${name} ended with ${status}`);
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(Buffer.concat([Buffer.from(`\n== ${name} (${seconds.toFixed(1)} s)\n`), ...output]));
  return { task, seconds, passed: result.passed, failed: result.failed, failures };
}
