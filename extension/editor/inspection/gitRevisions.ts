import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';

/** What is used here of the programming interface of VS Code's own Git extension, version 1. */
interface GitApi {
  /** It looks for the repositories of the workspace first. */
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<GitApi['state']>;
  getRepository(uri: vscode.Uri): GitRepository | null;
  /** Opens the repository that a folder lies in; null where it lies in none. */
  openRepository(folder: vscode.Uri): Promise<GitRepository | null>;
  /** Address of a file as of a revision. */
  toGitUri(file: vscode.Uri, revision: string): vscode.Uri;
}
interface GitRepository {
  log(options: { readonly path: string; readonly maxEntries: number }): Promise<readonly Revision[]>;
}
export interface Revision {
  readonly hash: string;
  readonly message: string;
  readonly authorDate?: Date;
}

/** Revisions that are offered. */
const mostRevisions = 50;

async function gitApi(): Promise<GitApi> {
  const extension = vscode.extensions.getExtension<{ readonly enabled: boolean; getAPI(version: 1): GitApi }>(
    'vscode.git',
  );
  if (!extension) throw new Error(vscode.l10n.t('The Git extension of VS Code is not there or not enabled.'));
  if (vscode.workspace.getConfiguration('git').get('enabled') === false)
    throw new Error(vscode.l10n.t('Git is switched off by the setting "git.enabled".'));
  const git = await extension.activate();
  if (!git.enabled)
    throw new Error(
      vscode.l10n.t(
        'VS Code found no Git program. Install Git, or name it in the setting "git.path", and reload the window.',
      ),
    );
  const api = git.getAPI(1);
  await initialised(api);
  return api;
}

async function repositoryOf(file: vscode.Uri): Promise<GitRepository> {
  const git = await gitApi();
  // One inside another, or around the workspace, is not opened by itself.
  const repository = git.getRepository(file) ?? (await git.openRepository(vscode.Uri.joinPath(file, '..')));
  if (!repository) throw new Error(vscode.l10n.t('{0} is in no Git repository.', file.fsPath));
  return repository;
}

async function initialised(git: GitApi): Promise<void> {
  if (git.state === 'initialized') return;
  await new Promise<void>((done) => {
    const listening = git.onDidChangeState((state) => {
      if (state !== 'initialized') return;
      listening.dispose();
      done();
    });
  });
}

/** The file whose revisions are those of the prompt: an adapter's weights, whichever of its files is meant. */
function promptFile(file: vscode.Uri): string {
  const name = basename(file.fsPath);
  return name.startsWith('adapter_') ? join(dirname(file.fsPath), 'adapter_model.safetensors') : file.fsPath;
}

/**
 * The revisions that changed a prompt, the newest first.
 *
 * @throws Error where Git is not there or does not know the file.
 */
export async function revisionsOf(file: vscode.Uri): Promise<readonly Revision[]> {
  const repository = await repositoryOf(file);
  return repository.log({ path: promptFile(file), maxEntries: mostRevisions });
}

/** Address of a prompt's file as it was at a revision. @throws Error where Git is not there. */
export async function revisionUri(file: vscode.Uri, { hash }: Revision): Promise<vscode.Uri> {
  return (await gitApi()).toGitUri(vscode.Uri.file(promptFile(file)), hash);
}
