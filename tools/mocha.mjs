// One mocha process: `node tools/mocha.mjs [--timeout=MS] FILE-OR-FOLDER...`. GREP=words runs the tests whose names hold them.
// Counts go to the file that TEST_COUNTS names (tools/test-counts.mjs).
import Mocha from 'mocha';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { recordCounts } from './test-counts.mjs';

const exitGraceSeconds = 30;
const timeout = Number(process.argv.find((argument) => argument.startsWith('--timeout='))?.slice(10) ?? 60_000);
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

/** A file is itself; a folder is every built test in it. */
function testFiles(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, String(name)))
    .filter((file) => /\.test\.[cm]js$/.test(file));
}

const mocha = new Mocha({ ui: 'bdd', timeout, slow: 2000, forbidPending: true, forbidOnly: true });
if (process.env.GREP) mocha.grep(process.env.GREP);
for (const path of paths) for (const file of testFiles(path)) mocha.addFile(file);
await mocha.loadFilesAsync();
const failures = [];
const counts = await new Promise((done) => {
  const runner = mocha.run((failed) => done({ passed: runner.stats?.passes ?? 0, failed, failures }));
  runner.on('fail', (test, { message = '' }) => failures.push(`${test.fullTitle()}: ${message.split('\n')[0]}`));
});
await recordCounts(counts, process.env.GREP !== undefined);

// A suite that leaves a process, a server or a timer behind would hang here for ever, and a product that does so is wrong.
setTimeout(() => {
  const left = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && !name.endsWith('Wrap'));
  console.log(
    `The tests ended, but something they started did not: ${left.join(', ') || 'a timer or a child process'}.`,
  );
  void recordCounts({ ...counts, failed: counts.failed + 1 }).then(() => process.exit(1));
}, exitGraceSeconds * 1000).unref();
