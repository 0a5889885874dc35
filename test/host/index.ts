import Mocha from 'mocha';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';

/**
 * VS Code calls this inside the extension host; a rejection is a failed suite. The runner (tools/host-tests.mjs) shows the
 * lines of HOST_TEST_LINES and trusts only HOST_TEST_RESULT; without them (desktop) mocha writes to the console.
 */
export async function run(): Promise<void> {
  const { HOST_TEST_LINES: lines, HOST_TEST_RESULT: result, HOST_TEST_GREP: grep } = process.env;
  // The workbench shows console.log with its format strings unfilled, and console cannot be replaced in an extension host.
  if (lines)
    Mocha.reporters.Base.consoleLog = (...values: unknown[]) => appendFileSync(lines, `${format(...values)}\n`);
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 120_000, forbidPending: true, forbidOnly: true });
  if (grep) mocha.grep(grep);
  for (const file of readdirSync(__dirname)) if (file.endsWith('.test.cjs')) mocha.addFile(join(__dirname, file));
  const failures = await new Promise<number>((done) => {
    const runner = mocha.run((failed) => {
      const stats = runner.stats;
      if (result && stats) writeFileSync(result, JSON.stringify({ passed: stats.passes, failed: stats.failures }));
      done(failed);
    });
  });
  if (failures > 0) throw new Error(`${failures} tests of the extension host failed.`);
}
