import * as assert from 'node:assert/strict';
import { appendFile, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Evaluations } from '../../extension/editor/evaluation/evaluations';
import { RejectedRows } from '../../extension/editor/evaluation/rejectedRows';
import { TrainerHost } from '../../extension/editor/training/trainerHost';
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

  const problems = (): vscode.Diagnostic[] => vscode.languages.getDiagnostics(dataFile('judged'));
  const marked = (rows: number): Promise<vscode.Diagnostic[]> =>
    eventually(`${rows} rows are marked`, () => (problems().length === rows ? problems() : undefined));
  /** The marks of a window that is opened now, beside those of this one. */
  async function openWindow(): Promise<RejectedRows> {
    const log = vscode.window.createOutputChannel('another window', { log: true });
    const window = new RejectedRows(new Evaluations(new TrainerHost(extension().extensionPath, log)));
    await window.restore();
    return window;
  }

  it('shows rows that cannot be used in their data file, until it is changed', async () => {
    const data = dataFile('judged');
    await evaluateExperiment(experiment);
    const [problem] = await marked(1);
    assert.equal(problem!.range.start.line, 60);
    assert.match(problem!.message, /label/);

    const text = await readFile(data.fsPath, 'utf8');
    await writeFile(data.fsPath, `${text}{"text": "nor here"}\n`);
    await marked(0);
    await evaluateExperiment(experiment);
    await marked(2);
    await writeFile(data.fsPath, text);
    await evaluateExperiment(experiment);
    await marked(1);
  });

  it('shows those rows in a window that is opened later, as long as the file is the one that was evaluated', async () => {
    await evaluateExperiment(experiment);
    await marked(1);
    const later = await openWindow();
    assert.equal(problems().length, 2);
    later.dispose();

    await utimes(dataFile('judged').fsPath, new Date(), new Date());
    await marked(0);
    const stillLater = await openWindow();
    assert.equal(problems().length, 0);
    stillLater.dispose();
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
