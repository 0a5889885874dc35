import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { ExecutionProvider } from '../../protocol/experiment';

/** The settings of package.json, with their types. */
interface Settings {
  readonly executionProvider: ExecutionProvider;
  readonly runsFolder: string;
  readonly compareWithTextPrompts: boolean;
  readonly notifyWhenRunEnds: boolean;
  readonly nodePath: string;
  readonly 'hub.endpoint': string;
}

/** Value of one setting, as it holds for `resource` (its workspace folder may have its own). */
export function setting<Key extends keyof Settings>(key: Key, resource?: vscode.Uri): Settings[Key] {
  // package.json gives every one of them a default, so it is never undefined.
  return vscode.workspace.getConfiguration('softPrompt', resource).get(key) as Settings[Key];
}

/** Changes a setting of the person, for all workspaces. */
export async function changeSetting<Key extends keyof Settings>(key: Key, value: Settings[Key]): Promise<void> {
  await vscode.workspace.getConfiguration('softPrompt').update(key, value, vscode.ConfigurationTarget.Global);
}

/** Absolute path of the folder that holds the runs of a workspace folder (or of a folder outside any workspace). */
export function runsFolder(base: vscode.Uri): string {
  const chosen = setting('runsFolder', base) || '.prompt-runs';
  return isAbsolute(chosen) ? chosen : join(base.fsPath, chosen);
}

/** Folders of this window that may hold runs: one a workspace folder, each once. */
export function allRunsFolders(): string[] {
  return [...new Set((vscode.workspace.workspaceFolders ?? []).map(({ uri }) => runsFolder(uri)))];
}
