// `npm run check`: format, types, rules, and the unit tests that need no graphics device, for use while working.
import { fileURLToPath } from 'node:url';
import { checks } from './checks.mjs';
import { orFail } from './progress.mjs';
import { report } from './report.mjs';
import { buildBundles, checkNode, installPackages, prepareSamples } from './setup.mjs';
import { testTasks } from './suites.mjs';
import { runTasks } from './task-pool.mjs';

await orFail(async () => {
  const started = performance.now();
  checkNode();
  await installPackages();
  await buildBundles('--tests=unit');
  await prepareSamples();
  const tasks = [...checks, ...(await testTasks('unit', { graphics: false }))];
  report(await runTasks(tasks, fileURLToPath(new URL('..', import.meta.url))), started);
});
