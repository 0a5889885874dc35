import * as assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../extension/protocol/experiment';
import {
  eventually,
  extension,
  runOnce,
  runsOf,
  workspaceFolder,
  writeDataSet,
  writeExperiment,
} from './tuningWorkspace';

describe('an experiment in the editor', () => {
  before(() => extension().activate());
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('shows a wrong value at its field, and starts nothing', async () => {
    const experiment = await writeExperiment('wrong', 10);
    await replaceIn(experiment, '"steps": 10', '"steps": "ten"');
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment);

    const [problem, ...others] = ownProblems(experiment);
    assert.ok(problem, 'no problem is shown');
    assert.deepEqual(others, []);
    const document = await vscode.workspace.openTextDocument(experiment);
    assert.equal(document.getText(problem.range), '"ten"');
    assert.match(problem.message, /training\.steps: give a number/);
    assert.deepEqual(await runsOf('wrong'), []);
  });

  it('starts nothing when it is called on another file, though an experiment is in front', async () => {
    const experiment = await writeExperiment('front', 10);
    await vscode.window.showTextDocument(experiment);
    const other = vscode.Uri.joinPath(experiment, '..', 'front.jsonl');
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', other);
    // One that was begun there would be there before this one ends.
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment);
    await runOnce('front', 'finished', ({ record }) => record.status === 'finished');
    assert.equal((await runsOf('front')).length, 1);
  });

  it('shows a data set that does not exist at its name, until it is corrected', async () => {
    const experiment = await writeExperiment('missing', 10, { data: { train: 'nowhere.jsonl' } });
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment);
    const [problem] = ownProblems(experiment);
    const editor = await vscode.window.showTextDocument(experiment);
    assert.equal(editor.document.getText(problem!.range), '"nowhere.jsonl"');

    await editor.edit((edit) => edit.replace(problem!.range, '"missing.jsonl"'));
    await eventually('the problem is gone', () => ownProblems(experiment).length === 0 || undefined);
  });

  it('shows what only the trainer can find, too', async () => {
    const experiment = await writeExperiment('column', 10, {
      task: { template: '{review}:', label: { column: 'label', words: { good: 'good', bad: 'bad' } } },
    });
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment);
    const problem = await eventually('a problem is shown', () => ownProblems(experiment)[0]);
    assert.match(problem.message, /review/);
  });

  it('has links above it to tune it, to open the runs and to evaluate them', async () => {
    const experiment = await writeExperiment('lenses', 10);
    await vscode.window.showTextDocument(experiment);
    const lenses = await eventually('the links are there', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        experiment,
      );
      return found.length > 0 ? found : undefined;
    });
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      ['softPrompt.tuneExperiment', 'softPrompt.checkData', 'softPrompt.showRuns', 'softPrompt.evaluateExperiment'],
    );
  });

  it('is completed and checked by its schema while it is written', async () => {
    const experiment = await writeExperiment('schema', 10);
    await replaceIn(experiment, '"steps": 10', '"stepz": 10');
    await vscode.window.showTextDocument(experiment);
    const problem = await eventually('the editor objects', () =>
      vscode.languages.getDiagnostics(experiment).find(({ message }) => message.includes('stepz')),
    );
    assert.ok(problem);
  });

  it('is written by the questions of Tune Prompt, under a name that no file has', async () => {
    await writeDataSet('asked');
    const taken = join(workspaceFolder(), 'asked.tune.json');
    await writeFile(taken, 'kept as it is');
    const asking = vscode.commands.executeCommand(
      'softPrompt.tunePrompt',
      vscode.Uri.file(join(workspaceFolder(), 'asked.jsonl')),
    );
    const written = join(workspaceFolder(), 'asked-2.tune.json');
    // Every question is answered with its first choice; a question that is still looking for its choices takes no answer.
    const text = await eventually('the experiment is written', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return readFile(written, 'utf8').catch(() => undefined);
    });
    await asking;
    const experiment = JSON.parse(text) as Experiment;
    assert.equal(experiment.data.train, 'asked.jsonl');
    assert.equal(experiment.model, 'bundled');
    assert.deepEqual(experiment.task.label, { column: 'label', words: { bad: 'bad', good: 'good' } });
    assert.equal(experiment.training?.preset, 'quick');
    assert.equal(await readFile(taken, 'utf8'), 'kept as it is');

    const run = await eventually('it is tuned', async () => (await runsOf('asked-2'))[0]);
    await eventually('it has stopped', async () => {
      // Its folder may be there before the editor has heard of it.
      await vscode.commands.executeCommand('softPrompt.stopRun', run.record.id);
      return (await runsOf('asked-2'))[0]?.record.status !== 'running' || undefined;
    });
  });
});

function ownProblems(file: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'Soft Prompt Studio');
}

async function replaceIn(file: vscode.Uri, what: string, by: string): Promise<void> {
  const text = await readFile(file.fsPath, 'utf8');
  assert.ok(text.includes(what));
  await writeFile(file.fsPath, text.replace(what, by));
}
