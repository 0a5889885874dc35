// The closing lines of several suites.

/** @typedef {import('./task-pool.mjs').Result} Result */

/**
 * Prints a line a suite, the longest tasks, what failed, and at the very end `N passed, N failed`; sets the exit status.
 * @param {Result[]} results @param {number} started performance.now() at the beginning.
 */
export function report(results, started) {
  const sum = (list, key) => list.reduce((total, result) => total + result[key], 0);
  console.log();
  for (const suite of new Set(results.map(({ task }) => task.suite))) {
    const own = results.filter(({ task }) => task.suite === suite);
    const [passed, failed, seconds] = ['passed', 'failed', 'seconds'].map((key) => sum(own, key));
    const state = failed === 0 ? 'ok    ' : 'FAILED';
    const told = `${state} ${suite.padEnd(24)} ${`${passed} passed`.padStart(12)} ${seconds.toFixed(0).padStart(6)} s`;
    console.log(told + (failed ? `   ${failed} failed` : ''));
  }
  const longest = [...results].sort((a, b) => b.seconds - a.seconds).slice(0, 12);
  console.log(`\nLongest: ${longest.map(({ task, seconds }) => `${task.name} ${seconds.toFixed(0)} s`).join(', ')}`);
  for (const { task, failures } of results) for (const failure of failures) console.log(`\n${task.name}: ${failure}`);
  const failed = sum(results, 'failed');
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`\n${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
  console.log(`${sum(results, 'passed')} passed, ${failed} failed`);
}
