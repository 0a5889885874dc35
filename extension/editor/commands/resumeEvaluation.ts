import * as vscode from 'vscode';
import { listAllEvaluations } from '../evaluation/evaluationList';
import { allRunsFolders } from '../platform/settings';
import { mayEvaluate } from '../platform/trust';
import type { Command } from './studio';

const resumable: readonly string[] = ['stopped', 'interrupted', 'failed'];

/** Goes on with an evaluation that was stopped, interrupted or failed: the one in a folder (absolute), or one that is asked for. */
export const resumeEvaluation: Command = async ({ evaluations }, argument) => {
  if (!mayEvaluate()) return;
  const folder = typeof argument === 'string' ? argument : await askFolder();
  if (folder === undefined) return;
  const { readEvaluationRecord } = await import('../../runs/evaluationFolder');
  const record = await readEvaluationRecord(folder);
  const { request } = record;
  if (request && resumable.includes(record.status)) await evaluations.resume(folder, record, request);
  else void vscode.window.showInformationMessage(vscode.l10n.t('{0} has nothing left to do.', record.name));
};

async function askFolder(): Promise<string | undefined> {
  const listed = await listAllEvaluations(allRunsFolders(), []);
  const left = listed.filter(({ record }) => record.request && resumable.includes(record.status));
  if (left.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No evaluation was left unfinished.'));
    return undefined;
  }
  const items = left.map(({ folder, record }) => ({ label: record.name, description: record.reason ?? '', folder }));
  const placeHolder = vscode.l10n.t('Choose an evaluation to go on with');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.folder;
}
