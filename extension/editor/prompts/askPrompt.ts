import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commandAvailable } from '../../protocol/runsPanel';
import { promptPlace } from '../inspection/promptFiles';
import { type Answer, type Choice, type ChooseQuestion, choose } from '../platform/questions';
import type { RunCatalog } from '../runs/runCatalog';
import { descriptionText, runName, statusText } from '../views/runText';

const browse = Symbol('browse');

/**
 * Asks for a run with a checkpoint, or for a file or folder of a prompt.
 * @param marked the path that is marked first. @param except a run folder that is not offered.
 * @returns its absolute path.
 */
export async function askPrompt(
  catalog: RunCatalog,
  place: Omit<ChooseQuestion<never>, 'choices' | 'active'>,
  { marked, except }: { readonly marked?: string | undefined; readonly except?: string | undefined } = {},
): Promise<Answer<string>> {
  const rows = await catalog.rows();
  const runs = rows.filter((row) => commandAvailable('openCheckpoint', row, true) && row.folder !== except);
  const choices: readonly Choice<string | typeof browse>[] = [
    ...runs.map((run) => ({
      label: runName(run),
      description: `${statusText(run.record.status)} · ${descriptionText(run)}`,
      value: run.folder,
    })),
    {
      label: `$(folder-opened) ${vscode.l10n.t('Browse...')}`,
      description: vscode.l10n.t('an adapter folder, a .safetensors or a .npy file'),
      value: browse,
    },
  ];
  const answer = await choose({ ...place, choices, active: (value) => value === marked });
  return answer === browse ? browsePrompt(place.title) : answer;
}

/** Asks for a file of a prompt; the folder of an adapter is named by either of its files. */
async function browsePrompt(title: string): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title,
      filters: { [vscode.l10n.t('Soft prompt')]: ['safetensors', 'npy', 'json'] },
      openLabel: vscode.l10n.t('Choose'),
    })) ?? [];
  if (!file) return undefined;
  return (await stat(file.fsPath)).isDirectory() ? file.fsPath : promptPlace(file.fsPath);
}
