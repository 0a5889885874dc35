import * as vscode from 'vscode';
import type { Run, RunRecord, RunStatus, Scores } from '../../protocol/run';

/** Name a person gave the run, or the one it was started with. */
export function runName({ record, marks }: Run): string {
  return marks.name ?? record.name;
}

export function statusText(status: RunStatus): string {
  switch (status) {
    case 'running':
      return vscode.l10n.t('running');
    case 'finished':
      return vscode.l10n.t('finished');
    case 'stopped':
      return vscode.l10n.t('stopped');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
  }
}

/** A metric as people read it: shares in per cent, the loss as a number. */
export function metricText(name: string, value: number): string {
  return name === 'loss' ? `${name} ${value.toFixed(3)}` : `${name} ${(value * 100).toFixed(1)} %`;
}

/** Several metrics, in their order. */
export function scoresText(scores: Scores): string {
  return Object.entries(scores)
    .map(([name, value]) => metricText(name, value))
    .join(', ');
}

/** The run's headline figure: the test score of its metric, else the best dev score so far. */
export function headline({ best, test }: RunRecord): string | undefined {
  const tested = best && test?.[best.metric];
  if (best && tested !== undefined) return vscode.l10n.t('{0} (test)', metricText(best.metric, tested));
  return best && vscode.l10n.t('{0} (dev)', metricText(best.metric, best.value));
}

/** `step 120/400`; a run that was imported took no step here. */
export function stepText({ step, totalSteps, imported }: RunRecord): string {
  if (imported) return vscode.l10n.t('imported');
  return vscode.l10n.t('step {0}/{1}', step, totalSteps);
}

/** A length of time in its two largest units: `45 s`, `3 min 20 s`, `1 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return vscode.l10n.t('{0} s', whole);
  if (whole < 600) return vscode.l10n.t('{0} min {1} s', Math.floor(whole / 60), whole % 60);
  if (whole < 3600) return vscode.l10n.t('{0} min', Math.round(whole / 60));
  return vscode.l10n.t('{0} h {1} min', Math.floor(whole / 3600), Math.floor((whole % 3600) / 60));
}

/** One line beside the run's name in the tree. */
export function descriptionText({ record }: Run): string {
  const parts = [
    record.status === 'running' || record.status === 'interrupted' ? stepText(record) : undefined,
    headline(record),
  ];
  const told = parts.filter((part) => part !== undefined);
  const status = record.imported ? stepText(record) : statusText(record.status);
  return (told.length > 0 ? told : [status]).join(' · ');
}

/** What a screen reader says of a run. */
export function accessibleText(run: Run): string {
  const { record, marks } = run;
  const note = marks.note ? [marks.note] : [];
  return [runName(run), statusText(record.status), stepText(record), headline(record), ...note]
    .filter(Boolean)
    .join(', ');
}
