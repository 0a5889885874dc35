import * as vscode from 'vscode';

/** Links above the first line of an experiment: tune it, check its data, look at the runs, evaluate those that are finished. */
export class ExperimentLenses implements vscode.CodeLensProvider {
  static register(): vscode.Disposable {
    return vscode.languages.registerCodeLensProvider(
      { scheme: 'file', pattern: '**/*.tune.json' },
      new ExperimentLenses(),
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const top = new vscode.Range(0, 0, 0, 0);
    return [
      new vscode.CodeLens(top, {
        title: `$(play) ${vscode.l10n.t('Tune Prompt')}`,
        tooltip: vscode.l10n.t('Learn a soft prompt as this experiment says'),
        command: 'softPrompt.tuneExperiment',
        arguments: [document.uri],
      }),
      new vscode.CodeLens(top, {
        title: `$(tasklist) ${vscode.l10n.t('Check Data')}`,
        tooltip: vscode.l10n.t('Look at classes, lengths, duplicates and rows that are left out, without tuning'),
        command: 'softPrompt.checkData',
        arguments: [document.uri],
      }),
      new vscode.CodeLens(top, {
        title: `$(graph-line) ${vscode.l10n.t('Open Runs')}`,
        command: 'softPrompt.showRuns',
      }),
      new vscode.CodeLens(top, {
        title: `$(checklist) ${vscode.l10n.t('Evaluate')}`,
        tooltip: vscode.l10n.t('Evaluate the finished runs on the test part of the data'),
        command: 'softPrompt.evaluateExperiment',
        arguments: [document.uri],
      }),
    ];
  }
}
