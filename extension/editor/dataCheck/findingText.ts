import * as vscode from 'vscode';
import type { DataReport, Finding, PartSummary, Severity } from '../../protocol/dataCheck';

/** What a rule is called where there is room for a few words only. */
export function findingTitle(rule: string): string {
  const titles: Readonly<Record<string, string>> = {
    experiment: vscode.l10n.t('Experiment file'),
    data: vscode.l10n.t('Data file'),
    columns: vscode.l10n.t('Missing column'),
    model: vscode.l10n.t('Frozen model'),
    task: vscode.l10n.t('No task'),
    'label-words': vscode.l10n.t('Label words'),
    'one-class': vscode.l10n.t('One class only'),
    'absent-classes': vscode.l10n.t('Labels that do not occur'),
    imbalance: vscode.l10n.t('Imbalance'),
    'answer-in-text': vscode.l10n.t('Label in the text'),
    'conflicting-labels': vscode.l10n.t('Conflicting labels'),
    'near-duplicates': vscode.l10n.t('Near duplicates'),
    duplicates: vscode.l10n.t('Duplicates'),
    'special-tokens': vscode.l10n.t('Special tokens in texts'),
    truncation: vscode.l10n.t('Cut texts'),
    'wordless-texts': vscode.l10n.t('Texts without words'),
    'small-parts': vscode.l10n.t('Small part'),
    'rows-left-out': vscode.l10n.t('Rows left out'),
    'reader-notes': vscode.l10n.t('How the file was read'),
  };
  return titles[rule] ?? rule;
}

/** A severity as a word. */
export function severityWord(severity: Severity): string {
  const words: Readonly<Record<Severity, string>> = {
    error: vscode.l10n.t('Error'),
    warning: vscode.l10n.t('Warning'),
    note: vscode.l10n.t('Note'),
  };
  return words[severity];
}

/** How many rows a finding is about, and in which part: "12 rows · test". */
export function findingExtent({ count, share, part }: Finding): string {
  const rows = count === 1 ? vscode.l10n.t('1 row') : vscode.l10n.t('{0} rows', count.toLocaleString('en'));
  return [
    ...(count === 0 ? [] : [rows]),
    ...(share === undefined || count === 0 ? [] : [percent(share)]),
    ...(part === undefined ? [] : [part]),
  ].join(' · ');
}

/** A part of the data in one line, and in all its numbers. */
export function partText({ rows, majority, tokens }: PartSummary): string {
  return [
    vscode.l10n.t('{0} rows', rows.toLocaleString('en')),
    ...(majority === undefined ? [] : [vscode.l10n.t('largest class {0}', percent(majority))]),
    vscode.l10n.t('{0} tokens median', tokens.median),
  ].join(' · ');
}

/** Everything about a part, a line a fact. */
export function partFacts({ classes = [], tokens, cutRows, cutTokens }: PartSummary): string[] {
  return [
    ...classes.map(({ words, values, rows }) => `${values.join('/')} → ${words}: ${rows.toLocaleString('en')}`),
    vscode.l10n.t(
      'Tokens: {0} shortest, {1} median, {2} at 95 %, {3} longest',
      ...[tokens.shortest, tokens.median, tokens.p95, tokens.longest],
    ),
    vscode.l10n.t('Cut: {0} rows, {1} of all tokens', cutRows.toLocaleString('en'), percent(cutTokens)),
  ];
}

/** What was checked, in a sentence. */
export function reportText({ model, used, leftOut, findings }: DataReport): string {
  const rows = vscode.l10n.t(
    '{0} rows are used, {1} cannot be.',
    used.toLocaleString('en'),
    leftOut.toLocaleString('en'),
  );
  return [
    ...(used + leftOut === 0 ? [] : [rows]),
    ...(model === undefined ? [] : [vscode.l10n.t('Tokens are counted as by the model {0}.', model)]),
    ...(findings.length === 0 ? [vscode.l10n.t('Nothing to remark.')] : []),
  ].join(' ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
