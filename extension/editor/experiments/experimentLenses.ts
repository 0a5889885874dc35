import * as vscode from 'vscode';

/** Two links above the first line of an experiment: tune it, and look at the runs. */
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
        title: `$(graph-line) ${vscode.l10n.t('Open Runs')}`,
        command: 'softPrompt.showRuns',
      }),
    ];
  }
}
