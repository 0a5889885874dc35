import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type DataReport, type Finding, weighty } from '../../protocol/dataCheck';
import type { ExperimentDiagnostics } from '../experiments/experimentDiagnostics';
import { tell } from '../platform/offer';
import type { DataChecks } from './dataChecks';

interface Parts {
  readonly dataChecks: DataChecks;
  readonly diagnostics: ExperimentDiagnostics;
  readonly log: vscode.LogOutputChannel;
}

/** How many findings a question names; the rest is counted. */
const mostNamed = 3;

/**
 * Looks at the data of an experiment before it is tuned. Errors are shown at their fields. Of warnings the weightiest are named,
 * and the person decides; where there is none, nothing is asked.
 *
 * @returns whether to tune.
 */
export async function checkBeforeStart(parts: Parts, document: vscode.TextDocument): Promise<boolean> {
  const report = await reportOf(parts, document.uri.fsPath);
  // What cannot be checked the run itself will say.
  if (report === 'unknown') return true;
  if (report === undefined) return false;
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    await showErrors(parts, document, report, errors);
    return false;
  }
  const warnings = weighty(report.findings);
  return warnings.length === 0 || decided(parts, document, report, warnings);
}

async function reportOf({ dataChecks, log }: Parts, file: string): Promise<DataReport | undefined | 'unknown'> {
  const title = vscode.l10n.t('Checking the data of {0}', basename(file));
  try {
    return await dataChecks.check(file, vscode.ProgressLocation.Window, title);
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    return 'unknown';
  }
}

async function showErrors(
  { dataChecks, diagnostics }: Parts,
  document: vscode.TextDocument,
  report: DataReport,
  errors: readonly Finding[],
): Promise<void> {
  await diagnostics.showFindings(document, errors);
  const more = errors.length - 1;
  const first = errors[0]!.text;
  const message = more === 0 ? first : vscode.l10n.t('{0} ({1} more)', first, more);
  tell(
    'error',
    vscode.l10n.t('{0} was not tuned: {1}', basename(document.uri.fsPath), message),
    { title: vscode.l10n.t('Open Experiment'), act: () => vscode.window.showTextDocument(document) },
    { title: vscode.l10n.t('Show All'), act: () => dataChecks.show(report) },
  );
}

async function decided(
  { dataChecks }: Parts,
  document: vscode.TextDocument,
  report: DataReport,
  warnings: readonly Finding[],
): Promise<boolean> {
  const [tune, showAll] = [vscode.l10n.t('Tune Anyway'), vscode.l10n.t('Show All')];
  const more = warnings.length - mostNamed;
  const detail = [
    ...warnings.slice(0, mostNamed).map(({ text }) => `• ${text}`),
    ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : []),
  ].join('\n\n');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Look at the data of {0} before it is tuned.', basename(document.uri.fsPath)),
    { modal: true, detail },
    tune,
    showAll,
  );
  if (chosen === showAll) dataChecks.show(report);
  return chosen === tune;
}
