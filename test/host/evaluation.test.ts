import * as assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { EvaluationRecord } from '../../extension/protocol/evaluation';
import { evaluationsFolder, listEvaluations, readEvaluationRecord } from '../../extension/runs/evaluationFolder';
import { eventually, extension, runOnce, workspaceFolder, writeExperiment } from './tuningWorkspace';

interface Evaluated {
  readonly folder: string;
  readonly record: EvaluationRecord;
}

const folders = (): Promise<string[]> => listEvaluations(evaluationsFolder(join(workspaceFolder(), '.prompt-runs')));

/** Evaluates the finished runs of an experiment; what is on the disk once that has ended. */
async function evaluateExperiment(experiment: vscode.Uri): Promise<Evaluated> {
  const known = await folders();
  await vscode.commands.executeCommand('softPrompt.evaluateExperiment', experiment);
  return eventually('the evaluation has ended', async () => {
    const folder = (await folders()).find((each) => !known.includes(each));
    const record = folder === undefined ? undefined : await readEvaluationRecord(folder);
    return folder !== undefined && record && record.status !== 'running' ? { folder, record } : undefined;
  });
}

const dataFile = (name: string): vscode.Uri => vscode.Uri.file(join(workspaceFolder(), `${name}.jsonl`));
const panelTabs = (): readonly vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('softPrompt.evaluation'));

describe('evaluating from the editor', () => {
  let experiment: vscode.Uri;

  before(async () => {
    await extension().activate();
    experiment = await writeExperiment('judged', 6);
    await appendFile(dataFile('judged').fsPath, '{"text": "no label here"}\n');
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment);
    await runOnce('judged', 'finished', (run) => run.record.status === 'finished');
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('evaluates the finished runs of an experiment on their test part, and opens what came of it', async () => {
    const { record } = await evaluateExperiment(experiment);
    assert.equal(record.status, 'finished', record.reason);
    assert.equal(record.datasets[0]!.part, 'test');
    assert.deepEqual(
      record.predictors.map(({ kind }) => kind),
      ['prompt', 'zero-shot', 'majority'],
    );
    const [panel] = await eventually('the panel is open', () => (panelTabs().length > 0 ? panelTabs() : undefined));
    assert.match(panel!.label, /^Evaluation: /);
  });

  it('shows rows that cannot be used in their data file, until they are mended and the file is evaluated again', async () => {
    const data = dataFile('judged');
    await evaluateExperiment(experiment);
    const [problem] = await eventually('the row is marked', () => {
      const found = vscode.languages.getDiagnostics(data);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(problem!.range.start.line, 60);
    assert.match(problem!.message, /label/);

    const text = await readFile(data.fsPath, 'utf8');
    await writeFile(data.fsPath, text.replace('"no label here"', '"fine here", "label": "good"'));
    await evaluateExperiment(experiment);
    await eventually('nothing is marked', () => vscode.languages.getDiagnostics(data).length === 0 || undefined);
  });

  it('goes on with an evaluation that was left, with the rows that it lacks', async () => {
    const { folder, record } = await evaluateExperiment(experiment);
    const file = join(folder, 'predictions.jsonl');
    const whole = await readFile(file, 'utf8');
    const lines = whole.trimEnd().split('\n');
    await writeFile(file, `${lines.slice(0, 3).join('\n')}\n`);
    await writeFile(join(folder, 'evaluation.json'), JSON.stringify({ ...record, status: 'stopped', results: [] }));

    await vscode.commands.executeCommand('softPrompt.resumeEvaluation', folder);
    const resumed = await eventually('it is finished', async () => {
      const now = await readEvaluationRecord(folder);
      return now.status === 'finished' ? now : undefined;
    });
    assert.equal(resumed.id, record.id);
    const after = (await readFile(file, 'utf8')).trimEnd().split('\n');
    assert.deepEqual(after.slice(0, 3), lines.slice(0, 3));
    assert.deepEqual(after.toSorted(), lines.toSorted());
  });
});
