import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { writeFileAtomic } from '../../runs/atomicFile';

/** What is used here of the programming interface of VS Code's own Git extension, version 1. */
interface GitApi {
  /** It looks for the repositories of the workspace first. */
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<GitApi['state']>;
  getRepository(uri: vscode.Uri): GitRepository | null;
  /** Opens the repository that a folder lies in; null where it lies in none. */
  openRepository(folder: vscode.Uri): Promise<GitRepository | null>;
}
interface GitRepository {
  log(options: { readonly path: string; readonly maxEntries: number }): Promise<readonly Revision[]>;
  /** The bytes of a file as of a revision. */
  buffer(revision: string, path: string): Promise<Buffer>;
}
export interface Revision {
  readonly hash: string;
  readonly message: string;
  readonly authorDate?: Date;
}

/** Revisions that are offered. */
const mostRevisions = 50;

async function repositoryOf(file: vscode.Uri): Promise<GitRepository> {
  const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  if (!extension) throw new Error(vscode.l10n.t('The Git extension of VS Code is not there or not enabled.'));
  const git = (await extension.activate()).getAPI(1);
  await initialised(git);
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

/**
 * Writes a prompt as it was at a revision below `storage`, where it can be read like any other: an adapter with its
 * configuration, or a single file.
 *
 * @returns the adapter's folder or the file, absolute.
 */
export async function checkedOut(file: vscode.Uri, { hash }: Revision, storage: vscode.Uri): Promise<string> {
  const repository = await repositoryOf(file);
  const name = basename(file.fsPath);
  const isAdapter = name.startsWith('adapter_');
  const place = isAdapter ? basename(dirname(file.fsPath)) : name;
  const folder = join(storage.fsPath, 'revisions', hash, place, `${place}@${hash.slice(0, 8)}`);
  await mkdir(folder, { recursive: true });
  const names = isAdapter ? ['adapter_config.json', 'adapter_model.safetensors'] : [name];
  for (const each of names) {
    const bytes = await repository.buffer(hash, join(dirname(file.fsPath), each));
    await writeFileAtomic(join(folder, each), bytes);
  }
  return isAdapter ? folder : join(folder, name);
}
