// Runs the mocha suite out/host inside a real extension host: VS Code's server, its workbench in headless Chromium.
// VERBOSE=1 shows the log of the server and of the workbench; GREP=words runs the tests whose names hold them.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { openSync, readSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumArguments, chromiumPath } from './chromium.mjs';
import { reportCounts } from './test-counts.mjs';
import { livingIn, repository, startServer } from './vscode-server.mjs';

const limitMinutes = 10;
const verbose = Boolean(process.env.VERBOSE);
const scratch = await mkdtemp(join(tmpdir(), 'vsc-host-'));
const workspace = join(scratch, 'workspace');
await cp(join(repository, 'test/host/workspace'), workspace, { recursive: true });
const lines = join(scratch, 'mocha.txt');
const resultFile = join(scratch, 'result.json');
await writeFile(lines, '');

const reading = openSync(lines, 'r');
const buffer = Buffer.alloc(65536);
const showLines = () => {
  for (let n = 1; n > 0;)
    process.stdout.write(buffer.subarray(0, (n = readSync(reading, buffer, 0, buffer.length, null))));
};
const showing = setInterval(showLines, 200);

const tail = [];
let server, browser, limit;
let verdict;
try {
  server = await startServer({
    smokeDriver: true,
    env: {
      HOST_TEST_LINES: lines,
      HOST_TEST_RESULT: resultFile,
      HOST_TEST_GREP: process.env.GREP,
      ...livingIn(join(scratch, 'home')),
    },
  });
  if (verbose) server.onOutput((text) => process.stderr.write(text));
  browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArguments });
  const page = await browser.newPage();
  // The workbench calls these two by name; their names and arguments are VS Code's.
  const ended = new Promise((done) => {
    void page.exposeFunction('codeAutomationExit', (code) => done(`the workbench ended with ${code}`));
    server.onOutput((text) => {
      const death = /Extension Host Process exited with (code: \S+, signal: \S+)\./.exec(text);
      if (death) setTimeout(() => done(`the extension host ended with ${death[1]}`), 3000).unref();
    });
  });
  await page.exposeFunction('codeAutomationLog', (type, values) => {
    const line = `[${type}] ${values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ')}`;
    tail.push(line);
    if (tail.length > 60) tail.shift();
    if (verbose) console.error(line);
  });
  const remote = (path) => `vscode-remote://127.0.0.1:${server.port}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(repository)],
    ['extensionTestsPath', remote(join(repository, 'out/host/index.cjs'))],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  await page.goto(`${server.url}/?${query}`, { timeout: 180_000 });
  const timeout = new Promise((done) => {
    limit = setTimeout(() => done(`no end after ${limitMinutes} minutes`), limitMinutes * 60_000);
  });
  verdict = await Promise.race([ended, timeout]);
} finally {
  clearTimeout(limit);
  await browser?.close();
  await server?.stop();
  clearInterval(showing);
  showLines();
}

// The workbench reports a crashed extension host as success: only this file proves that mocha came to its end.
const counts = await readFile(resultFile, 'utf8').then(JSON.parse, () => undefined);
if (!counts) {
  console.log(`The host suite did not finish: ${verdict}.\n${tail.join('\n')}\n${server?.output().slice(-4000) ?? ''}`);
}
await rm(scratch, { recursive: true, force: true });
await reportCounts(counts ?? { passed: 0, failed: 1 });
