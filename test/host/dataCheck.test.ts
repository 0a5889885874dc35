import * as assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { checkBeforeStart } from '../../extension/editor/dataCheck/checkBeforeStart';
import { DataChecks } from '../../extension/editor/dataCheck/dataChecks';
import { ExperimentDiagnostics } from '../../extension/editor/experiments/experimentDiagnostics';
import { templateProblem } from '../../extension/editor/tunePrompt/taskStep';
import { type DataCheckNode, DataCheckTree } from '../../extension/editor/views/dataCheckTree';
import type { DataReport, Finding } from '../../extension/protocol/dataCheck';
import { eventually, extension, runsOf, workspaceFolder, writeDataSet, writeExperiment } from './tuningWorkspace';

const empty = { file: '/data/a.csv', files: [], parts: [], used: 0, leftOut: 0 };
const finding = (changes: Partial<Finding>): Finding => ({
  ...{ rule: 'duplicates', severity: 'note', text: 'Two rows are copies.', count: 0, rows: [] },
  ...changes,
});

describe('the data check in the editor', () => {
  before(() => extension().activate());
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('of a data set is a command, and a row that it lists opens at its line', async () => {
    await writeDataSet('checked');
    const file = join(workspaceFolder(), 'checked.jsonl');
    await vscode.commands.executeCommand('softPrompt.checkData', vscode.Uri.file(file));
    await vscode.commands.executeCommand('softPrompt.openFoundRow', { file, row: 7 });
    const editor = await eventually('the file is open', () =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === file),
    );
    await eventually('its line is selected', () => editor.selection.active.line === 6 || undefined);
  });

  it('refuses an experiment that reads its own label, at the placeholder, and tunes nothing', async () => {
    const task = { template: '{text} {label}:', label: { column: 'label', words: { good: 'good', bad: 'bad' } } };
    const experiment = await writeExperiment('leaking', 10, { task });
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment);
    const [problem] = vscode.languages.getDiagnostics(experiment);
    const document = await vscode.workspace.openTextDocument(experiment);
    assert.equal(document.getText(problem!.range), '{label}');
    assert.match(problem!.message, /holds the label column "label"/);
    assert.deepEqual(await runsOf('leaking'), []);
  });

  it('underlines a column that the data does not have where it is written', async () => {
    const task = { template: 'a {review} b', label: { column: 'label', words: { good: 'good', bad: 'bad' } } };
    const experiment = await writeExperiment('wrong-column', 10, { task });
    await vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment);
    const [problem] = vscode.languages.getDiagnostics(experiment);
    const document = await vscode.workspace.openTextDocument(experiment);
    assert.equal(document.getText(problem!.range), '{review}');
    assert.deepEqual(await runsOf('wrong-column'), []);
  });

  it('shows the weightiest first, with sentences, advice and rows below', () => {
    const checks = new DataChecks({ start: () => assert.fail('nothing is checked') } as never);
    const tree = new DataCheckTree(checks);
    const rows = [{ file: '/data/a.csv', row: 3, detail: 'like a.csv:2' }];
    const findings = [
      finding({
        rule: 'near-duplicates',
        severity: 'warning',
        advice: 'Remove them.',
        count: 9,
        share: 0.25,
        part: 'test',
        rows,
      }),
    ];
    const tokens = { shortest: 1, median: 2, p95: 3, longest: 4 };
    const parts = [{ part: 'train', rows: 10, majority: 0.5, tokens, cutRows: 0, cutTokens: 0 }] as const;
    checks.show({ ...empty, findings, parts, used: 10 });
    const [first, part] = tree.getChildren();
    const items = (node: DataCheckNode | undefined): vscode.TreeItem[] =>
      tree.getChildren(node).map((each) => tree.getTreeItem(each));
    const item = tree.getTreeItem(first!);
    assert.deepEqual([item.label, item.description], ['Near duplicates', '9 rows · 25.0 % · test']);
    assert.equal(item.accessibilityInformation?.label, 'Warning: Two rows are copies.');
    assert.deepEqual(
      items(first).map(({ label, description }) => [label, description]),
      [
        ['Two rows are copies.', undefined],
        ['Remove them.', undefined],
        ['a.csv:3', 'like a.csv:2'],
        ['and 8 more', undefined],
      ],
    );
    assert.deepEqual(items(first)[2]!.command?.arguments, [{ file: '/data/a.csv', row: 3 }]);
    assert.match(String(tree.getTreeItem(part!).description), /^10 rows · largest class 50\.0 % · 2 tokens median$/);
    tree.dispose();
  });

  it('is asked while a template is typed, so that none with wrong braces or with the answer in it is taken', () => {
    const task = { template: '{text}', label: { column: 'label', words: { good: 'good', bad: 'bad' } } };
    const problem = (template: string): string | undefined => templateProblem(template, ['text', 'label'], task);
    assert.equal(problem('review: {text} {{label}}:'), undefined);
    assert.match(problem('a } {text}')!, /^The template has a \} without its \{ at character 3/);
    assert.match(problem('{text} {label}')!, /^The template holds the label column "label"/);
    assert.equal(problem('{txt}'), 'There is no column "txt".');
  });

  describe('before a start', () => {
    const asked: unknown[][] = [];
    const original = vscode.window.showWarningMessage;
    afterEach(() => {
      vscode.window.showWarningMessage = original;
      asked.length = 0;
    });

    /** Whether tuning goes on where the check finds this and the person presses that. */
    async function goesOn(findings: readonly Finding[], answer?: string): Promise<boolean> {
      const file = join(workspaceFolder(), 'asked-about.tune.json');
      await writeFile(file, '{}');
      const document = await vscode.workspace.openTextDocument(file);
      vscode.window.showWarningMessage = (...words: unknown[]) => {
        asked.push(words);
        return Promise.resolve(answer);
      };
      const report: DataReport = { ...empty, findings };
      const dataChecks = { check: () => Promise.resolve(report), show: () => undefined } as unknown as DataChecks;
      const diagnostics = new ExperimentDiagnostics();
      const log = { error: () => undefined } as unknown as vscode.LogOutputChannel;
      try {
        return await checkBeforeStart({ dataChecks, diagnostics, log }, document);
      } finally {
        diagnostics.dispose();
      }
    }

    it('asks nothing where only notes are found', async () => {
      assert.equal(await goesOn([finding({})]), true);
      assert.deepEqual(asked, []);
    });

    it('names the weightiest three and counts the rest, and tunes only if the person says so', async () => {
      const warnings = ['One.', 'Two.', 'Three.', 'Four.', 'Five.'].map((text) =>
        finding({ severity: 'warning', text }),
      );
      assert.equal(await goesOn(warnings), false);
      const [, { modal, detail }] = asked[0] as [string, { modal: boolean; detail: string }];
      assert.equal(modal, true);
      assert.equal(detail, '• One.\n\n• Two.\n\n• Three.\n\nand 2 more');
      assert.equal(await goesOn(warnings, 'Tune Anyway'), true);
      assert.equal(await goesOn(warnings, 'Show All'), false);
    });
  });
});
