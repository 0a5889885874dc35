import Mocha from 'mocha';
import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { extension } from './tuningWorkspace';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('the extension in a real extension host', () => {
  before(() => extension().activate());

  it('runs beside the files, never in a browser', () => {
    assert.equal(extension().extensionKind, vscode.ExtensionKind.Workspace);
  });

  it('registers exactly the commands that package.json contributes', async () => {
    const { contributes } = extension().packageJSON as Manifest;
    const registered = (await vscode.commands.getCommands(true)).filter(
      (command) => command.startsWith('softPrompt.') && !/^softPrompt\.(runs|models|dataCheck)\./.test(command),
    );
    assert.deepEqual(registered.sort(), contributes.commands.map(({ command }) => command).sort());
  });

  it('never loads the native library into the extension host', () => {
    const modules = Object.keys(createRequire(__filename).cache);
    assert.deepEqual(
      modules.filter((module) => module.includes('onnxruntime')),
      [],
    );
    if (process.platform !== 'linux') return;
    assert.doesNotMatch(readFileSync('/proc/self/maps', 'utf8'), /onnxruntime/);
  });

  it('is active in little time', () => {
    const [activation] = performance.getEntriesByName('softPrompt.activate');
    assert.ok(activation, 'activation was not measured');
    const bundle = join(extension().extensionPath, 'dist', 'extension.cjs');
    const require = createRequire(bundle);
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the only way to load a module a second time
    delete require.cache[bundle];
    const started = performance.now();
    require(bundle);
    const loading = performance.now() - started;
    // Reported, and bounded only against a mistake: a loaded machine is no reason to fail.
    Mocha.reporters.Base.consoleLog(
      `      activation: ${loading.toFixed(1)} ms to load the bundle, ${activation.duration.toFixed(1)} ms to activate`,
    );
    assert.ok(activation.duration < 2000);
  });
});
