import * as assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Run } from '../../extension/protocol/run';
import { listCheckpoints, type CheckpointFolder } from '../../extension/runs/checkpoints';
import { eventually, extension, runOnce, workspaceFolder, writeExperiment } from './tuningWorkspace';

/** The tab of a panel or editor of ours, once it is open. */
function tabOf(viewType: string): Promise<vscode.Tab> {
  return eventually(`${viewType} is open`, () =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .find(
        ({ input }) =>
          (input instanceof vscode.TabInputWebview || input instanceof vscode.TabInputCustom) &&
          input.viewType.endsWith(viewType),
      ),
  );
}

/** Text of the document that is open in the active editor, once it is a prompt's. */
function promptDocument(): Promise<string> {
  return eventually('a prompt is open as text', () => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === 'soft-prompt' ? document.getText() : undefined;
  });
}

describe('prompts in the editor', () => {
  let run: Run;
  let checkpoints: readonly CheckpointFolder[];
  before(async () => {
    await extension().activate();
    const experiment = await writeExperiment('inspected', 20, {
      training: { steps: 20, batchSize: 8, evaluateEvery: 10, checkpointEvery: 10, patience: 0 },
    });
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment);
    run = await runOnce('inspected', 'finished', ({ record }) => record.status === 'finished');
    checkpoints = await listCheckpoints(run.folder);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('open in the Inspect panel from a run, once however often it is asked for', async () => {
    await vscode.commands.executeCommand('softPrompt.inspectPrompt', run.record.id);
    const tab = await tabOf('softPrompt.inspect');
    assert.match(tab.label, /^Inspect /);
    await vscode.commands.executeCommand('softPrompt.inspectPrompt', run.record.id);
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 1);
  });

  it('open in the Diff panel, two that are selected', async () => {
    const [a, b] = [checkpoints[0]!, checkpoints.at(-1)!].map(({ folder }) =>
      vscode.Uri.file(join(folder, 'adapter_model.safetensors')),
    );
    await vscode.commands.executeCommand('softPrompt.diffPrompts', a, [a, b]);
    const tab = await tabOf('softPrompt.diff');
    assert.match(tab.label, /^Diff .*step-\d+ and .*step-\d+$/);
  });

  it('open in the Diff panel, one that was selected for compare and another', async () => {
    const [a, b] = [checkpoints[0]!, checkpoints.at(-1)!].map(({ folder }) => vscode.Uri.file(folder));
    await vscode.commands.executeCommand('softPrompt.selectPromptForCompare', a);
    await vscode.commands.executeCommand('softPrompt.comparePromptWithSelected', b);
    await tabOf('softPrompt.diff');
  });

  it('have a readable form: a header and a line a virtual token, the same for the same prompt', async () => {
    const folder = checkpoints.at(-1)!.folder;
    await vscode.commands.executeCommand('softPrompt.openPromptAsText', vscode.Uri.file(folder));
    const text = await promptDocument();
    const lines = text.trimEnd().split('\n');
    assert.deepEqual(lines.filter((line) => line.startsWith('#')).slice(0, 1), ['# soft prompt, format 1'], text);
    const tokens = lines.filter((line) => !line.startsWith('#'));
    assert.equal(tokens.length, 4, text);
    for (const [position, line] of tokens.entries()) {
      assert.match(line, new RegExp(`^ +${position}  [\\d.]+  (~ )?("(\\\\.|[^"\\\\])*" -?\\d\\.\\d\\d(  |$)){5}$`));
    }
    assert.doesNotMatch(text, /prompt-runs/, 'a path would make two equal prompts differ');

    const copy = join(workspaceFolder(), 'copy');
    await mkdir(copy, { recursive: true });
    for (const name of ['adapter_config.json', 'adapter_model.safetensors'])
      await copyFile(join(folder, name), join(copy, name));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('softPrompt.openPromptAsText', vscode.Uri.file(copy));
    assert.equal(await promptDocument(), text);
  });

  it('are opened by the editors of "Open With": the inspector, and the readable form', async () => {
    const file = vscode.Uri.file(join(checkpoints[0]!.folder, 'adapter_model.safetensors'));
    await vscode.commands.executeCommand('vscode.openWith', file, 'softPrompt.promptEditor');
    await tabOf('softPrompt.promptEditor');
    await vscode.commands.executeCommand('vscode.openWith', file, 'softPrompt.promptTextEditor');
    assert.match(await promptDocument(), /^# virtual tokens: 4$/m);
  });

  it('say in their readable form why they cannot be read', async () => {
    const missing = vscode.Uri.file(join(workspaceFolder(), 'missing.npy'));
    await vscode.commands.executeCommand('softPrompt.openPromptAsText', missing);
    assert.match(await promptDocument(), /^# .*missing\.npy/);
  });
});
