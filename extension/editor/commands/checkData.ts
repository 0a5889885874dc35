import { basename } from 'node:path';
import * as vscode from 'vscode';
import { mayTune } from '../platform/trust';
import { tell } from '../platform/offer';
import type { Command, Studio } from './studio';

const dataFiles = /\.(jsonl|ndjson|json|csv|tsv|parquet)$/i;

/** Checks a data set or an experiment and shows what was found: the one called on, the one in front, or one that is chosen. */
export const checkData: Command = async (studio, argument) => {
  if (!mayTune()) return;
  const file = argument instanceof vscode.Uri ? argument : (fileInFront() ?? (await chosenFile()));
  if (file) await checkAndShow(studio, file.fsPath);
};

/** Checks a file with progress, and shows the report. @param file absolute. */
export async function checkAndShow({ dataChecks }: Studio, file: string): Promise<void> {
  const title = vscode.l10n.t('Checking {0}', basename(file));
  try {
    const report = await dataChecks.check(file, vscode.ProgressLocation.Notification, title);
    if (report) dataChecks.show(report);
  } catch (error) {
    tell('error', error instanceof Error ? error.message : String(error), {
      title: vscode.l10n.t('Show Log'),
      act: () => vscode.commands.executeCommand('softPrompt.showLog'),
    });
  }
}

function fileInFront(): vscode.Uri | undefined {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = tab instanceof vscode.TabInputText ? tab.uri : undefined;
  return uri?.scheme === 'file' && dataFiles.test(uri.path) ? uri : undefined;
}

async function chosenFile(): Promise<vscode.Uri | undefined> {
  const found = await vscode.window.showOpenDialog({
    canSelectMany: false,
    filters: { [vscode.l10n.t('Data sets and experiments')]: ['jsonl', 'ndjson', 'json', 'csv', 'tsv', 'parquet'] },
    openLabel: vscode.l10n.t('Check Data'),
  });
  return found?.[0];
}
