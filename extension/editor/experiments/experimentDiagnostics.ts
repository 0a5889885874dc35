import { dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from '../../protocol/dataCheck';
import type { FailureCode } from '../../protocol/trainer';
import { isHubName } from '../models/hubName';
import { exists } from '../platform/files';
import { isExperimentFile } from './experimentFile';

const source = 'Soft Prompt Studio';

/**
 * Shows what is wrong in an experiment at the field it is wrong in. An experiment is looked at when it is to be tuned (while
 * it is written, the JSON schema already helps), and from then on after each change until nothing is wrong any more.
 */
export class ExperimentDiagnostics implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('softPrompt');
  readonly #subscriptions: vscode.Disposable;

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (this.#collection.has(document.uri)) void this.check(document);
      }),
      vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach((file) => this.#collection.delete(file))),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#collection.dispose();
  }

  /** Looks at an experiment and shows its problems. @returns the problems, in the order of the file. */
  async check(document: vscode.TextDocument): Promise<readonly vscode.Diagnostic[]> {
    const problems = await problemsOf(document);
    // The document may have changed while files were looked for; that change brings its own check.
    if (problems.length > 0) this.#collection.set(document.uri, problems);
    else this.#collection.delete(document.uri);
    return problems;
  }

  /** Shows what the data check found, each at the field that it is about. */
  async showFindings(document: vscode.TextDocument, findings: readonly Finding[]): Promise<void> {
    const { fieldRange } = await import('../../protocol/parseExperiment');
    const text = document.getText();
    const problems = findings.map((finding) => {
      const [start, end] = fieldRange(text, finding.field ?? [], finding.within);
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      return diagnostic(document, range, finding.text);
    });
    this.#collection.set(document.uri, problems);
  }

  /** Shows what only the trainer could find, at the field that it is about. */
  showFailure(document: vscode.TextDocument, code: FailureCode, message: string): void {
    const field = fieldOfFailure[code];
    if (!field) return;
    this.#collection.set(document.uri, [diagnostic(document, rangeOfField(document, field), message)]);
  }
}

/** Where a failure's cause is written in the experiment. */
const fieldOfFailure: Partial<Record<FailureCode, string>> = {
  'bad-experiment': '',
  'bad-data': 'train',
  'bad-model': 'model',
  'bad-prompt': 'from',
  'provider-missing': 'executionProvider',
};

async function problemsOf(document: vscode.TextDocument): Promise<vscode.Diagnostic[]> {
  // Loaded here, not at activation: most windows never check an experiment.
  const { parseExperiment, ExperimentError } = await import('../../protocol/parseExperiment');
  const text = document.getText();
  try {
    const { model, data, prompt } = parseExperiment(text, document.uri.fsPath);
    // A name of the hub may be a path as well; the trainer, which looks into the cache, says which.
    const files = [
      { field: 'model', path: model === 'bundled' || isHubName(model) ? undefined : model },
      { field: 'train', path: data.train },
      { field: 'dev', path: data.dev },
      { field: 'test', path: data.test },
      { field: 'from', path: prompt?.from },
    ];
    const base = dirname(document.uri.fsPath);
    const found = await Promise.all(
      files.map(async ({ field, path }) => {
        // Behind a # stands a part of the file; pieces of a file are named by a pattern.
        if (path === undefined || path.includes('-*-of-')) return [];
        if (await exists(resolve(base, path.replace(/(?<=\.json(\.gz)?)#[^#/]+$/i, '')))) return [];
        const message = vscode.l10n.t(
          '"{0}" does not exist. Paths start from the folder of the experiment, {1}.',
          path,
          base,
        );
        return [diagnostic(document, rangeOfField(document, field, path), message)];
      }),
    );
    return found.flat();
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return error.problems.map(({ line, column, length, field, message }) => {
      const position = document.validatePosition(new vscode.Position(line - 1, column - 1));
      const range =
        length === undefined ? rangeAt(document, position) : new vscode.Range(position, position.translate(0, length));
      return diagnostic(document, range, field ? `${field}: ${message}` : message);
    });
  }
}

function diagnostic(document: vscode.TextDocument, range: vscode.Range, message: string): vscode.Diagnostic {
  const result = new vscode.Diagnostic(document.validateRange(range), message, vscode.DiagnosticSeverity.Error);
  result.source = source;
  return result;
}

/** The JSON token at a position: a text in quotes, a number, a word, or one bracket. */
function rangeAt(document: vscode.TextDocument, position: vscode.Position): vscode.Range {
  return (
    document.getWordRangeAtPosition(position, /"(?:[^"\\]|\\.)*"|[\w.+-]+/) ??
    new vscode.Range(position, position.translate(0, 1))
  );
}

/** The value of the first field of that name (and value); the first line where it is not given. */
function rangeOfField(document: vscode.TextDocument, field: string, value?: string): vscode.Range {
  const text = document.getText();
  const wanted = value === undefined ? '"(?:[^"\\\\]|\\\\.)*"' : escapeRegExp(JSON.stringify(value));
  const found = field ? new RegExp(`("${field}"\\s*:\\s*)(${wanted})`).exec(text) : null;
  if (!found) return document.lineAt(0).range;
  const start = found.index + found[1]!.length;
  return new vscode.Range(document.positionAt(start), document.positionAt(start + found[2]!.length));
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export function isExperiment(document: vscode.TextDocument): boolean {
  return document.uri.scheme === 'file' && isExperimentFile(document.uri.path);
}
