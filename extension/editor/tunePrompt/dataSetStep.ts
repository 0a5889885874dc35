import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { type Answer, type Choice, type Step, choose } from '../platform/questions';
import type { TaskAnswers } from './taskStep';

const endings = ['jsonl', 'csv', 'tsv', 'parquet', 'json'];
const mostFiles = 500;

/** JSON files that are known to be something else, so that they do not stand between the data sets. */
const otherJson =
  /(^|\/)(package(-lock)?|[jt]sconfig[^/]*|config|generation_config|adapter_config|tokenizer[^/]*|special_tokens_map|added_tokens|vocab|[^/]*\.index|[^/]*\.schema|[^/]*\.tune)\.json$/;

/** Asks for the file of labelled examples: one of the workspace, or any other. */
export const dataSetStep: Step<TaskAnswers> = async (answers, place) => {
  for (;;) {
    const chosen = await choose<string>({
      ...place,
      placeholder: vscode.l10n.t('Data set: a file with one labelled example a row, or a folder of its parts'),
      choices: dataSetChoices(),
      active: (path) => path === answers.dataSet,
    });
    const path = chosen === browse ? await otherFile() : chosen;
    if (path === browse) continue;
    return keep(answers, path);
  }
};

const browse = '';

function keep(answers: TaskAnswers, path: Answer<string>): Answer<true> {
  if (typeof path !== 'string') return path;
  if (path !== answers.dataSet) {
    delete answers.description;
    delete answers.task;
  }
  answers.dataSet = path;
  return true;
}

async function dataSetChoices(): Promise<Choice<string>[]> {
  const files = await vscode.workspace.findFiles(
    `**/*.{${endings.join(',')}}`,
    '{**/node_modules/**,**/.*/**}',
    mostFiles,
  );
  const paths = files.filter(({ path }) => !otherJson.test(path)).sort(inReadingOrder);
  const severalFolders = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  return [
    ...(paths.length > 0 ? [{ label: vscode.l10n.t('In the workspace') }] : []),
    ...inParts(paths).map((folder) => ({
      label: `$(folder) ${basename(folder.fsPath)}`,
      description: [place(vscode.workspace.asRelativePath(folder, severalFolders)), vscode.l10n.t('train, dev, test')]
        .filter(Boolean)
        .join(' · '),
      value: folder.fsPath,
    })),
    ...paths.map((uri) => ({
      label: basename(uri.fsPath),
      description: place(vscode.workspace.asRelativePath(uri, severalFolders)),
      value: uri.fsPath,
    })),
    { label: vscode.l10n.t('Elsewhere') },
    { label: `$(folder-opened) ${vscode.l10n.t('Browse...')}`, value: browse },
  ];
}

/** Folders with a file to learn from and one more part: each is one data set. */
function inParts(paths: readonly vscode.Uri[]): vscode.Uri[] {
  const found = new Map<string, { folder: vscode.Uri; parts: Set<string> }>();
  for (const uri of paths) {
    const part = /\/(train|dev|validation|valid|val|test)(-\d{5}-of-\d{5})?\.[^/]+$/i
      .exec(uri.path)?.[1]
      ?.toLowerCase();
    if (part === undefined) continue;
    const folder = vscode.Uri.joinPath(uri, '..');
    const known = found.get(folder.path) ?? { folder, parts: new Set() };
    known.parts.add(part);
    found.set(folder.path, known);
  }
  return [...found.values()].filter(({ parts }) => parts.has('train') && parts.size > 1).map(({ folder }) => folder);
}

function place(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '' : folder;
}

/** Files that can be nothing but data come before .json, which may be anything; then by path. */
function inReadingOrder(a: vscode.Uri, b: vscode.Uri): number {
  const json = Number(a.path.endsWith('.json')) - Number(b.path.endsWith('.json'));
  return json || (a.path < b.path ? -1 : 1);
}

async function otherFile(): Promise<string> {
  const [file] =
    (await vscode.window.showOpenDialog({
      canSelectMany: false,
      filters: { [vscode.l10n.t('Data sets')]: endings },
      openLabel: vscode.l10n.t('Use Data Set'),
    })) ?? [];
  return file?.fsPath ?? browse;
}
