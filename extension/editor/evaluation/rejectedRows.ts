import { stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import * as vscode from 'vscode';
import type { EvaluationRecord } from '../../protocol/evaluation';
import { Disposables } from '../platform/disposables';
import { allRunsFolders } from '../platform/settings';
import { listAllEvaluations } from './evaluationList';
import type { Evaluations, LiveEvaluation } from './evaluations';

type EvaluatedFile = EvaluationRecord['datasets'][number];

/**
 * Shows rows that the newest evaluation of a data set could not use in their file: from its beginning, and in a window that is opened later,
 * until the file is changed, removed or evaluated again.
 */
export class RejectedRows implements vscode.Disposable {
  readonly #own = new Disposables();
  readonly #collection = this.#own.add(vscode.languages.createDiagnosticCollection('softPrompt.rows'));
  readonly #shown = new WeakSet<LiveEvaluation>();
  /** Files that this window has evaluated or marked: what lies on the disk about them is older. */
  readonly #known = new Set<string>();
  /** For the marked files, what tells that they change. */
  readonly #watchers = new Map<string, vscode.Disposable>();

  constructor(evaluations: Evaluations) {
    this.#own.add(
      evaluations.onDidStart(({ request }) => {
        for (const { file } of request.datasets) {
          this.#known.add(file);
          this.#clear(file);
        }
      }),
    );
    this.#own.add(
      evaluations.onDidChange((evaluation) => {
        if (!evaluation.record || this.#shown.has(evaluation)) return;
        this.#shown.add(evaluation);
        for (const dataset of evaluation.record.datasets) this.#show(dataset, evaluation.record.createdAt);
      }),
    );
  }

  dispose(): void {
    for (const file of [...this.#watchers.keys()]) this.#clear(file);
    this.#own.dispose();
  }

  /** Marks what the newest evaluation on the disk says of each file that has not changed since. */
  async restore(): Promise<void> {
    // A folder that cannot be read is told where a person asks for its evaluations.
    const listed = await listAllEvaluations(allRunsFolders(), []).catch(() => []);
    for (const { record } of listed) {
      for (const dataset of record.datasets) {
        const { path } = dataset;
        if (this.#known.has(path) || (await changedSince(path, record.createdAt))) continue;
        if (!this.#known.has(path)) this.#show(dataset, record.createdAt);
      }
      for (const { path } of record.datasets) this.#known.add(path);
    }
  }

  #clear(file: string): void {
    this.#collection.delete(vscode.Uri.file(file));
    this.#watchers.get(file)?.dispose();
    this.#watchers.delete(file);
  }

  /** @param evaluatedAt ISO 8601; the file was read before. */
  #show({ path, rejected, rejectedCount }: EvaluatedFile, evaluatedAt: string): void {
    this.#clear(path);
    if (rejectedCount === 0) return;
    const problems = rejected.map(({ row, reason }) => problem(path, row, reason));
    if (rejectedCount > rejected.length) {
      const more = vscode.l10n.t('{0} more rows could not be used.', rejectedCount - rejected.length);
      problems.push(warning(0, more));
    }
    this.#collection.set(vscode.Uri.file(path), problems);
    this.#watchers.set(path, this.#watcher(path, evaluatedAt));
  }

  /** Whoever changes the file, here or elsewhere: its rows are not the ones any more that were looked at. */
  #watcher(file: string, evaluatedAt: string): vscode.Disposable {
    const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(file)), basename(file));
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const look = async (): Promise<void> => {
      if (await changedSince(file, evaluatedAt)) this.#clear(file);
    };
    const events = [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete];
    return vscode.Disposable.from(watcher, ...events.map((event) => event(() => void look())));
  }
}

/** Whether a file is another one than at that time (ISO 8601), or not there any more. */
async function changedSince(file: string, time: string): Promise<boolean> {
  return stat(file).then(
    ({ mtime }) => mtime > new Date(time),
    () => true,
  );
}

/** Whether a data set's rows are counted as lines, so that one can be gone to. */
export function hasLines(file: string): boolean {
  return !/\.(json|parquet)(\.gz)?(#[^#/\\]+)?$/i.test(file) && extname(file).toLowerCase() !== '.gz';
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
