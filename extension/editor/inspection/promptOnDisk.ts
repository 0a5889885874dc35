import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { writeFileAtomic } from '../../runs/atomicFile';
import { baseFolder } from './inspection';
import { placeName, promptPlace } from './promptFiles';

/** How a file begins that Git LFS keeps elsewhere (git-lfs, docs/spec.md, "The Pointer"). */
const pointerBegin = 'version https://git-lfs.github.com/spec/';

/**
 * A prompt that an editor shows, as a folder or file that can be read like any other. One that lies nowhere, such as a revision in
 * Git (`git:`), is written below `storage`: an adapter with its configuration, or a single file. The same content is written to
 * the same place.
 *
 * @returns the adapter's folder or the file, absolute.
 * @throws Error where the revision does not hold the prompt, or holds only a pointer to it.
 */
export async function promptOnDisk(uri: vscode.Uri, storage: vscode.Uri): Promise<string> {
  if (uri.scheme === 'file') return promptPlace(uri.fsPath);
  const name = basename(uri.fsPath);
  const isAdapter = name.startsWith('adapter_');
  const names = isAdapter ? ['adapter_config.json', 'adapter_model.safetensors'] : [name];
  const files = await Promise.all(
    names.map(async (each) => ({ name: each, bytes: await bytesOf(sibling(uri, each)) })),
  );
  const hash = createHash('sha256');
  for (const { bytes } of files) hash.update(bytes);
  const place = `${placeName(uri.fsPath)}@${revisionName(uri)}`;
  const folder = join(storage.fsPath, 'revisions', hash.digest('hex').slice(0, 16), place);
  await mkdir(folder, { recursive: true });
  for (const { name: each, bytes } of files) {
    const isConfiguration = each === 'adapter_config.json';
    await writeFileAtomic(join(folder, each), isConfiguration ? withModelFound(bytes, uri.fsPath) : bytes);
  }
  return isAdapter ? folder : join(folder, name);
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

/** What a revision is called in a title: eight digits of a commit, another ref as it is; Git's index has no name of its own. */
function revisionName(uri: vscode.Uri): string {
  const ref = gitQuery(uri)?.ref ?? uri.scheme;
  if (/^[0-9a-f]{40}$/.test(ref)) return ref.slice(0, 8);
  return /^~?\d*$/.test(ref) ? 'index' : ref.replaceAll(/[^\w.-]/g, '-');
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

async function bytesOf(uri: vscode.Uri): Promise<Uint8Array> {
  // Git's file system reads what a revision does not have as an empty file, or throws, by its version.
  const bytes = await vscode.workspace.fs.readFile(uri).then(
    (read) => read,
    () => new Uint8Array(),
  );
  const file = uri.fsPath;
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
    const fields = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    const base = fields['base_model_name_or_path'];
    if (typeof base !== 'string' || isAbsolute(base)) return bytes;
    const folder = resolve(baseFolder(original), base);
    if (!existsSync(folder)) return bytes;
    return Buffer.from(JSON.stringify({ ...fields, base_model_name_or_path: folder }));
  } catch {
    // The reader says what is wrong with it.
    return bytes;
  }
}
