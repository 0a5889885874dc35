// `npm test`: everything that has to hold, from a fresh clone. The last line is `N passed, N failed` over all suites.
import { fileURLToPath } from 'node:url';
import { checks } from './checks.mjs';
import { fetchLavapipe } from './lavapipe.mjs';
import { orFail } from './progress.mjs';
import { report } from './report.mjs';
import {
  buildBundles,
  checkNode,
  installBrowser,
  installPackages,
  installVsCodeServer,
  prepareSamples,
} from './setup.mjs';
import { byLength, testTasks } from './suites.mjs';
import { runTasks } from './task-pool.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const packaging = { suite: 'Package', name: 'Package', command: [process.execPath, 'tools/package.mjs'] };
const host = {
  suite: 'Extension host tests',
  name: 'Extension host tests',
  command: [process.execPath, 'tools/host-tests.mjs'],
  counts: true,
  // A window of VS Code, as the end-to-end tests have one.
  alone: 'window',
};
const vsix = `out/soft-prompt-studio-${process.platform}-${process.arch}.vsix`;

await orFail(async () => {
  const started = performance.now();
  checkNode();
  await installPackages();
  await installBrowser();
  await fetchLavapipe();
  await installVsCodeServer();
  await buildBundles('--tests');
  await prepareSamples();
  // End to end it is the package that people install; the host tests have the checkout. A window is open nearly all the time, and
  // everything else runs beside it.
  const stories = await testTasks('e2e', { after: packaging.name, env: { VSIX: vsix } });
  const others = byLength([await testTasks('unit'), checks, await testTasks('webview')].flat());
  report(await runTasks([packaging, host, ...stories, ...others], repository), started);
});
