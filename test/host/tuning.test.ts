import * as assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readJournal } from '../../extension/runs/journal';
import { eventually, extension, runOnce, runsOf, writeExperiment } from './tuningWorkspace';

const endless = 1_000_000;

describe('tuning from the editor', () => {
  before(() => extension().activate());
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('tunes an experiment to a prompt on disk, with a falling loss', async () => {
    const experiment = await writeExperiment('falling', 60);
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment);
    const { folder, record } = await runOnce('falling', 'finished', (run) => run.record.status === 'finished');

    assert.equal(record.step, 60);
    assert.equal(record.experimentFile, experiment.fsPath);
    assert.equal(record.provider?.used, 'cpu');
    assert.equal(record.model?.sha256After, record.model?.sha256, 'the frozen weights changed');
    const losses = (await readJournal(folder)).filter((entry) => entry.type === 'step').map(({ loss }) => loss);
    assert.ok(mean(losses.slice(-10)) < mean(losses.slice(0, 10)), `no falling loss: ${losses.join(' ')}`);
    const checkpoint = join(folder, 'checkpoints', `step-${String(record.best!.step).padStart(6, '0')}`);
    const files = await readdir(checkpoint);
    assert.ok(files.includes('adapter_config.json') && files.includes('adapter_model.safetensors'), files.join(' '));
  });

  it('saves an experiment that was changed in the editor, and tunes what it says now', async () => {
    const experiment = await writeExperiment('changed', 40);
    const editor = await vscode.window.showTextDocument(experiment);
    const text = editor.document.getText();
    const at = text.indexOf('"steps": 40');
    const range = new vscode.Range(
      editor.document.positionAt(at),
      editor.document.positionAt(at + '"steps": 40'.length),
    );
    await editor.edit((edit) => edit.replace(range, '"steps": 7'));
    assert.equal(editor.document.isDirty, true);

    await vscode.commands.executeCommand('softPrompt.tuneExperiment');
    const { record } = await runOnce('changed', 'finished', (run) => run.record.status === 'finished');
    assert.equal(record.totalSteps, 7);
    assert.match(await readFile(experiment.fsPath, 'utf8'), /"steps": 7/);
  });

  it('stops a run after its step, with a checkpoint, and goes on from there', async () => {
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', await writeExperiment('stopped', endless));
    const running = await runOnce('stopped', 'past step 20', (run) => run.record.step > 20);
    await vscode.commands.executeCommand('softPrompt.stopRun', running.record.id);
    const { record } = await runOnce('stopped', 'stopped', (run) => run.record.status === 'stopped');
    assert.equal(record.last?.step, record.step, 'the last step has no checkpoint');

    await vscode.commands.executeCommand('softPrompt.resumeRun', record.id);
    await runOnce(
      'stopped',
      'running again',
      (run) => run.record.status === 'running' && run.record.step > record.step,
    );
    await vscode.commands.executeCommand('softPrompt.stopRun', record.id);
    await runOnce('stopped', 'stopped again', (run) => run.record.status === 'stopped');
    assert.equal((await runsOf('stopped')).length, 1, 'resuming made another run');
  });

  it('survives the death of a trainer; its run reads interrupted, and goes on', async () => {
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', await writeExperiment('killed', endless));
    const running = await runOnce(
      'killed',
      'past its checkpoint at step 20',
      (run) => (run.record.last?.step ?? 0) >= 20,
    );
    const { pid } = running.record.process!;
    assert.notEqual(pid, process.pid, 'it is trained in the extension host');
    process.kill(pid, 'SIGKILL');
    const { record } = await runOnce('killed', 'interrupted', (run) => run.record.status === 'interrupted');
    assert.ok(record.last!.step >= 20);

    await vscode.commands.executeCommand('softPrompt.resumeRun', record.id);
    const resumed = await runOnce('killed', 'running again', (run) => run.record.status === 'running');
    assert.notEqual(resumed.record.process!.pid, pid);
    assert.ok(resumed.record.step >= record.last!.step);
    await vscode.commands.executeCommand('softPrompt.stopRun', record.id);
    await runOnce('killed', 'stopped', (run) => run.record.status === 'stopped');
  });

  it('opens the best checkpoint', async () => {
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', await writeExperiment('opened', 10));
    const { record } = await runOnce('opened', 'finished', (run) => run.record.status === 'finished');
    await eventually('adapter_config.json is open', async () => {
      await vscode.commands.executeCommand('softPrompt.openCheckpoint', record.id);
      return vscode.window.activeTextEditor?.document.fileName.endsWith('adapter_config.json') || undefined;
    });
    assert.match(vscode.window.activeTextEditor!.document.getText(), /"PROMPT_TUNING"/);
  });

  it('shows the Runs panel beside the experiment that is tuned', async () => {
    const experiment = await writeExperiment('shown', 5);
    await vscode.window.showTextDocument(experiment);
    await vscode.commands.executeCommand('softPrompt.tuneExperiment');
    const panel = await eventually('the Runs panel is open', () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('softPrompt.runs')),
    );
    assert.equal(panel.label, 'Runs');
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, experiment.fsPath, 'the editor lost the focus');
    await runOnce('shown', 'finished', (run) => run.record.status === 'finished');
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
