import * as assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually, extension, runOnce, runsOf, tinyModel, workspaceFolder, writeExperiment } from './tuningWorkspace';

const weights = 'adapter_model.safetensors';

describe('a prompt in the editor', () => {
  before(() => extension().activate());
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('leaves as an adapter, and comes back as a run, with the same bytes', async () => {
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', await writeExperiment('there-and-back', 10));
    const { record, folder } = await runOnce(
      'there-and-back',
      'finished',
      ({ record: { status } }) => status === 'finished',
    );

    const exporting = vscode.commands.executeCommand('softPrompt.exportPrompt', record.id);
    const adapter = join(workspaceFolder(), 'there-and-back-adapter');
    // Every question is answered with what it offers first: the best checkpoint, PEFT's format, a folder beside the data.
    await eventually('the adapter is there', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return readdir(adapter).catch(() => undefined);
    });
    await exporting;
    const best = join(folder, 'checkpoints', `step-${String(record.best!.step).padStart(6, '0')}`);
    assert.deepEqual(await readFile(join(adapter, weights)), await readFile(join(best, weights)));

    await vscode.commands.executeCommand('softPrompt.importPrompt', vscode.Uri.file(join(adapter, weights)));
    const [imported, ...others] = await runsOf('there-and-back-adapter');
    assert.deepEqual(others, []);
    assert.equal(imported?.record.status, 'finished');
    assert.equal(imported.record.imported?.from, join(adapter, weights));
    assert.equal(imported.record.model?.folder, tinyModel());
    const checkpoint = join(imported.folder, 'checkpoints', 'step-000000');
    assert.deepEqual(await readFile(join(checkpoint, weights)), await readFile(join(adapter, weights)));
  });
});
