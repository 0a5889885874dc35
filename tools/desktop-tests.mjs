// The host suite in a desktop VS Code, which @vscode/test-electron downloads: `npm run test:desktop`. VSCODE_VERSION chooses
// the version (default "stable"; the oldest one supported is the one of "engines" in package.json).
import { runTests } from '@vscode/test-electron';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orFail } from './progress.mjs';
import { buildBundles } from './setup.mjs';
import { reportCounts } from './test-counts.mjs';
import { repository } from './vscode-server.mjs';

await orFail(async () => {
  await buildBundles('--tests=host');
  const scratch = await mkdtemp(join(tmpdir(), 'vsc-'));
  const workspace = join(scratch, 'workspace');
  const resultFile = join(scratch, 'result.json');
  await cp(join(repository, 'test/host/workspace'), workspace, { recursive: true });
  try {
    await runTests({
      version: process.env.VSCODE_VERSION ?? 'stable',
      extensionDevelopmentPath: repository,
      extensionTestsPath: join(repository, 'out/host/index.cjs'),
      extensionTestsEnv: { HOST_TEST_RESULT: resultFile, HOST_TEST_GREP: process.env.GREP },
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        `--user-data-dir=${join(scratch, 'user')}`,
      ],
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  const counts = await readFile(resultFile, 'utf8').then(JSON.parse, () => undefined);
  await rm(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  if (!counts) console.log('The host suite did not finish.');
  await reportCounts(counts ?? { passed: 0, failed: 1 });
});
