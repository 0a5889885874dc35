import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { JobResults } from '../../protocol/trainer';
import { TrainerFailure } from '../../trainer/failure';
import { askModel } from '../models/askModel';
import { tell } from '../platform/offer';
import { runsFolder } from '../platform/settings';
import { mayHandleModels } from '../platform/trust';
import { modelOfName, namedModel, promptFolder } from '../prompts/promptModel';
import type { Command, Studio } from './studio';

/**
 * Makes a run of a prompt that was learned elsewhere: of a PEFT adapter, a matrix as .safetensors or a .npy file, the one called
 * on or one that the person picks. Its model is asked for where the prompt does not name one of this machine.
 */
export const importPrompt: Command = async (studio, argument) => {
  if (!mayHandleModels()) return;
  const file = argument instanceof vscode.Uri ? argument : await askFile();
  if (!file) return;
  const base = await askBase(file);
  if (!base) return;
  const folder = await promptFolder(file.fsPath);
  const name = await namedModel(file.fsPath);
  const known = name === undefined ? undefined : await modelOfName(name, folder, (await studio.models.list()).models);
  const model = known ?? (await askModelOf(studio, name));
  if (model !== undefined) await importFor(studio, { file, base, model });
};

interface Import {
  readonly file: vscode.Uri;
  /** The workspace folder whose runs it will be among. */
  readonly base: vscode.Uri;
  /** As an experiment names it. */
  readonly model: string;
}

async function importFor(studio: Studio, asked: Import): Promise<void> {
  const { file, base, model } = asked;
  try {
    const { record, warnings } = await runImport(studio, asked);
    await studio.models.places.remember(model);
    await studio.catalog.refresh();
    studio.panel.show({ run: record.id });
    for (const warning of warnings) tell('warning', vscode.l10n.t('{0}: {1}', record.name, warning));
  } catch (error) {
    if (!(error instanceof TrainerFailure)) throw error;
    studio.log.error(`${file.fsPath}: ${error.message}`);
    tell('error', error.message, {
      title: vscode.l10n.t('Choose Another Model...'),
      act: async () => {
        const other = await askModelOf(studio, undefined);
        if (other !== undefined) await importFor(studio, { file, base, model: other });
      },
    });
  }
}

async function runImport(studio: Studio, { file, base, model }: Import): Promise<JobResults['import-prompt']> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Importing {0}', basename(file.fsPath)),
  };
  return vscode.window.withProgress(options, async (progress) => {
    const job = { file: file.fsPath, model, baseFolder: base.fsPath, runsFolder: runsFolder(base) };
    // Every adapter's files have the same names; its folder tells them apart.
    const isAdapter = /^adapter_/.test(basename(file.fsPath));
    const name = isAdapter ? { name: basename(dirname(file.fsPath)) } : {};
    return studio.trainerHost.start<'import-prompt'>({ kind: 'import-prompt', ...job, ...name }, (event) => {
      if (event.type === 'phase') progress.report({ message: event.text });
    }).result;
  });
}

async function askFile(): Promise<vscode.Uri | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Import Prompt'),
      filters: { [vscode.l10n.t('Prompts')]: ['safetensors', 'json', 'npy'] },
      openLabel: vscode.l10n.t('Import'),
    })) ?? [];
  return file;
}

/** The workspace folder that the file lies in; else the only one, or the one that the person picks. */
async function askBase(file: vscode.Uri): Promise<vscode.Uri | undefined> {
  const own = vscode.workspace.getWorkspaceFolder(file);
  if (own) return own.uri;
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    tell('warning', vscode.l10n.t('An imported prompt is kept among the runs of a folder. Open a folder first.'), {
      title: vscode.l10n.t('Open Folder'),
      act: () => vscode.commands.executeCommand('vscode.openFolder'),
    });
    return undefined;
  }
  if (folders.length === 1) return folders[0]!.uri;
  const placeHolder = vscode.l10n.t('Folder whose runs the prompt will be among');
  return (await vscode.window.showWorkspaceFolderPick({ placeHolder }))?.uri;
}

/** @param named the model that the prompt names, which is not on this machine. */
async function askModelOf(studio: Studio, named: string | undefined): Promise<string | undefined> {
  const placeholder =
    named === undefined
      ? vscode.l10n.t('Frozen model that the prompt was learned for')
      : vscode.l10n.t('The prompt was learned for "{0}", which is not on this machine. Choose its model', named);
  const title = vscode.l10n.t('Import Prompt');
  const model = await askModel(studio, { title, placeholder });
  return typeof model === 'string' ? model : undefined;
}
