import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { exists } from '../platform/files';
import { type Choice, type Step, choose } from '../platform/questions';
import type { Answers } from './answers';

const recentKey = 'softPrompt.recentModels';
const mostRecent = 5;
const browse = '';

/** Asks for the frozen model: the bundled one, a folder of the workspace, one used before, or any other. */
export function modelStep(memory: vscode.Memento): Step<Pick<Answers, 'model'>> {
  return async (answers, place) => {
    for (;;) {
      const chosen = await choose<string>({
        ...place,
        placeholder: vscode.l10n.t('Frozen model: it stays as it is; only the prompt is learned'),
        choices: modelChoices(memory),
        active: (model) => model === answers.model,
      });
      const model = chosen === browse ? await otherFolder() : chosen;
      if (model === browse) continue;
      if (typeof model !== 'string') return model;
      answers.model = model;
      return true;
    }
  };
}

/** Puts a model that was used in front of those offered the next time. */
export async function rememberModel(memory: vscode.Memento, model: string): Promise<void> {
  if (model === 'bundled') return;
  const known = memory.get<readonly string[]>(recentKey, []);
  await memory.update(recentKey, [model, ...known.filter((each) => each !== model)].slice(0, mostRecent));
}

async function modelChoices(memory: vscode.Memento): Promise<Choice<string>[]> {
  const inWorkspace = await workspaceModels();
  const known = memory.get<readonly string[]>(recentKey, []).filter((folder) => !inWorkspace.includes(folder));
  const there = await Promise.all(known.map(exists));
  const recent = known.filter((_, index) => there[index]);
  const choice = (folder: string): Choice<string> => ({
    label: basename(folder),
    description: vscode.workspace.asRelativePath(folder),
    value: folder,
  });
  return [
    {
      label: vscode.l10n.t('Bundled model'),
      description: vscode.l10n.t('small, English, ready to use'),
      value: 'bundled',
    },
    ...(inWorkspace.length > 0 ? [{ label: vscode.l10n.t('In the workspace') }, ...inWorkspace.map(choice)] : []),
    ...(recent.length > 0 ? [{ label: vscode.l10n.t('Used before') }, ...recent.map(choice)] : []),
    { label: vscode.l10n.t('Elsewhere') },
    {
      label: `$(folder-opened) ${vscode.l10n.t('Browse...')}`,
      description: vscode.l10n.t('a folder with config.json, tokenizer.json and safetensors'),
      value: browse,
    },
  ];
}

/** Folders of the workspace with both a configuration and weights. */
async function workspaceModels(): Promise<string[]> {
  const find = async (pattern: string): Promise<string[]> => {
    const files = await vscode.workspace.findFiles(pattern, '{**/node_modules/**,**/.*/**}');
    return files.map(({ fsPath }) => dirname(fsPath));
  };
  const [configured, weighted] = await Promise.all([find('**/config.json'), find('**/*.{safetensors,gguf}')]);
  return configured.filter((folder) => weighted.includes(folder)).sort();
}

async function otherFolder(): Promise<string> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
      openLabel: vscode.l10n.t('Use Model'),
    })) ?? [];
  return folder?.fsPath ?? browse;
}
