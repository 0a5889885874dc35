import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, resolve } from 'node:path';
import * as vscode from 'vscode';
import { writeFileAtomic } from '../../runs/atomicFile';
import { baseFolder } from './inspection';
import { adapterConfiguration, adapterWeights, placeName, promptPlace, studioNotes } from './promptFiles';
import { noteUse, removeUnused } from './unusedRevisions';

/** How a file begins that Git LFS keeps elsewhere (git-lfs, docs/spec.md, "The Pointer"). */
const pointerBegin = 'version https://git-lfs.github.com/spec/';

/**
 * A prompt that an editor shows, as a folder or file that can be read like any other. One that lies nowhere, such as a revision in
 * Git (`git:`), is written below `storage`: an adapter with all its files, or a single file. The same content is written to the same
 * place, and what has not been used for long goes when something new comes.
 *
 * @returns the adapter's folder or the file, absolute; its last part tells the revision.
 * @throws Error where the revision does not hold the prompt, or holds only a pointer to it.
 */
export async function promptOnDisk(uri: vscode.Uri, storage: vscode.Uri): Promise<string> {
  if (uri.scheme === 'file') return promptPlace(uri.fsPath);
  const name = basename(uri.fsPath);
  const isAdapter = name.startsWith('adapter_');
  const files = isAdapter ? await adapterFiles(uri) : [{ name: revisionFile(uri), bytes: await needed(uri) }];
  const hash = createHash('sha256');
  for (const { bytes } of files) hash.update(bytes);
  const place = isAdapter ? [`${placeName(uri.fsPath)}@${revisionName(uri)}`] : [];
  const revisions = join(storage.fsPath, 'revisions');
  const entry = join(revisions, hash.digest('hex').slice(0, 16));
  const folder = join(entry, ...place);
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
  await noteUse(entry);
  if (isNew) await removeUnused(revisions);
  for (const file of files) await writeFileAtomic(join(folder, file.name), file.bytes);
  return isAdapter ? folder : join(folder, files[0]!.name);
}

interface PromptFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What our own notes say of the frozen model comes along where there are any. */
async function adapterFiles(uri: vscode.Uri): Promise<readonly PromptFile[]> {
  const configuration = await needed(sibling(uri, adapterConfiguration));
  const notes = await bytesOf(sibling(uri, studioNotes));
  return [
    { name: adapterConfiguration, bytes: withModelFound(configuration, uri.fsPath) },
    { name: adapterWeights, bytes: await needed(sibling(uri, adapterWeights)) },
    ...(notes.length > 0 ? [{ name: studioNotes, bytes: notes }] : []),
  ];
}

/** `prompt.npy` as of a revision: `prompt@01234567.npy`. */
function revisionFile(uri: vscode.Uri): string {
  const { name, ext } = parse(uri.fsPath);
  return `${name}@${revisionName(uri)}${ext}`;
}

/** Another file of the same folder and revision. Git's addresses name the file in the query too. */
function sibling(uri: vscode.Uri, name: string): vscode.Uri {
  const path = join(dirname(uri.fsPath), name);
  const query = gitQuery(uri);
  return uri.with({
    path: vscode.Uri.file(path).path,
    ...(query ? { query: JSON.stringify({ ...query, path }) } : {}),
  });
}

/** The hash of a folder with nothing in it: the side before a file's first commit. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** What a revision is called in a title: eight digits of a commit, another ref as it is; Git's index has no name of its own. */
function revisionName(uri: vscode.Uri): string {
  const ref = gitQuery(uri)?.ref ?? uri.scheme;
  const [, commit, parent = ''] = /^([0-9a-f]{8})[0-9a-f]{32}(\^?)$/.exec(ref) ?? [];
  if (commit !== undefined) return commit + parent;
  return /^(~\d?)?$/.test(ref) ? 'index' : ref.replaceAll(/[^\w.-]/g, '-');
}

function gitQuery(uri: vscode.Uri): { readonly ref: string } | undefined {
  try {
    const query: unknown = JSON.parse(uri.query);
    if (typeof query !== 'object' || query === null || !('ref' in query)) return undefined;
    return typeof query.ref === 'string' ? { ...query, ref: query.ref } : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing where the revision has no such file. */
async function bytesOf(uri: vscode.Uri): Promise<Uint8Array> {
  try {
    // Git's file system reads what a revision does not have as an empty file, or finds it nowhere, by its version.
    return await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return new Uint8Array();
    throw error;
  }
}

async function needed(uri: vscode.Uri): Promise<Uint8Array> {
  const bytes = await bytesOf(uri);
  const file = uri.fsPath;
  if (bytes.length === 0 && gitQuery(uri)?.ref === emptyTree)
    throw new Error(vscode.l10n.t('There is no prompt before the first commit of {0}.', file));
  if (bytes.length === 0) throw new Error(vscode.l10n.t('{0} is not in the revision "{1}".', file, revisionName(uri)));
  if (Buffer.from(bytes.subarray(0, pointerBegin.length)).toString() === pointerBegin)
    throw new Error(
      vscode.l10n.t(
        '{0} is kept in Git LFS, and the revision "{1}" holds only a pointer to it. Check that revision out to compare it.',
        file,
        revisionName(uri),
      ),
    );
  return bytes;
}

/** The configuration with a model's relative path made absolute: from where the copy lies it would lead nowhere. */
function withModelFound(bytes: Uint8Array, original: string): Uint8Array {
  try {
    const fields = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const base = fields['base_model_name_or_path'];
    if (typeof base !== 'string' || isAbsolute(base)) return bytes;
    const folder = resolve(baseFolder(promptPlace(original)), base);
    if (!existsSync(folder)) return bytes;
    return Buffer.from(JSON.stringify({ ...fields, base_model_name_or_path: folder }));
  } catch {
    // The reader says what is wrong with it.
    return bytes;
  }
}
