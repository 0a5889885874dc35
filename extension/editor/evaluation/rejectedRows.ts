import { extname } from 'node:path';
import * as vscode from 'vscode';
import type { EvaluationRecord } from '../../protocol/evaluation';
import { Disposables } from '../platform/disposables';
import type { Evaluations, LiveEvaluation } from './evaluations';

/** Shows rows that an evaluation could not use in their data file, from its beginning until the file is evaluated again. */
export class RejectedRows implements vscode.Disposable {
  readonly #own = new Disposables();
  readonly #collection = this.#own.add(vscode.languages.createDiagnosticCollection('softPrompt.rows'));
  readonly #shown = new WeakSet<LiveEvaluation>();

  constructor(evaluations: Evaluations) {
    this.#own.add(evaluations.onDidStart(({ request }) => this.#clear(request.datasets.map(({ file }) => file))));
    this.#own.add(
      evaluations.onDidChange((evaluation) => {
        if (!evaluation.record || this.#shown.has(evaluation)) return;
        this.#shown.add(evaluation);
        for (const dataset of evaluation.record.datasets) this.#show(dataset);
      }),
    );
    this.#own.add(
      vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach((file) => this.#collection.delete(file))),
    );
  }

  dispose(): void {
    this.#own.dispose();
  }

  #clear(files: readonly string[]): void {
    for (const file of files) this.#collection.delete(vscode.Uri.file(file));
  }

  #show({ path, rejected, rejectedCount }: EvaluationRecord['datasets'][number]): void {
    const problems = rejected.map(({ row, reason }) => problem(path, row, reason));
    if (rejectedCount > rejected.length) {
      const more = vscode.l10n.t('{0} more rows could not be used.', rejectedCount - rejected.length);
      problems.push(warning(0, more));
    }
    this.#collection.set(vscode.Uri.file(path), problems);
  }
}

/** Whether a data set's rows are counted as lines, so that one can be gone to. */
export function hasLines(file: string): boolean {
  return !['.json', '.parquet'].includes(extname(file).toLowerCase());
}

function problem(file: string, row: number, reason: string): vscode.Diagnostic {
  return hasLines(file)
    ? warning(row - 1, vscode.l10n.t('Left out: {0}.', reason))
    : warning(0, vscode.l10n.t('Row {0} is left out: {1}.', row, reason));
}

function warning(line: number, message: string): vscode.Diagnostic {
  const range = new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER);
  const result = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Warning);
  result.source = 'Soft Prompt Studio';
  return result;
}
