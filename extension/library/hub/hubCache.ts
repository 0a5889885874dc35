import { copyFile, lstat, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errorCode, writeFileAtomic } from '../../runs/atomicFile';
import { isHubId } from './hubId';

/**
 * One model in the cache that Python's huggingface_hub, transformers and PEFT share
 * (https://huggingface.co/docs/huggingface_hub/guides/manage-cache):
 *
 * - `blobs/ETAG`: each content once, named by its SHA-256 or git blob id; `ETAG.incomplete` while it is fetched
 * - `refs/REVISION`: the commit that a branch or tag stood at
 * - `snapshots/COMMIT/FILE`: relative links to the blobs; the files themselves where the system has no links
 *
 * and `.locks/` beside all models.
 */
export class CachedRepository {
  /** `models--organisation--name`. */
  readonly folder: string;

  constructor(
    private readonly cache: string,
    readonly id: string,
    private readonly makeLink: typeof symlink = symlink,
  ) {
    this.folder = join(cache, folderName(id));
  }

  blob(etag: string): string {
    return join(this.folder, 'blobs', etag);
  }

  lock(etag: string): string {
    // Python's own lock beside it is of the system's kind, which Node has not.
    return join(this.cache, '.locks', folderName(this.id), `${etag}.soft-prompt-studio.lock`);
  }

  snapshot(commit: string): string {
    return join(this.folder, 'snapshots', commit);
  }

  /** The commit that stands for a revision here, or undefined: a commit whose snapshot exists, or what the ref says. */
  async commitOf(revision: string): Promise<string | undefined> {
    const named = isCommit(revision) ? revision : await this.#ref(revision);
    return named !== undefined && (await isFolder(this.snapshot(named))) ? named : undefined;
  }

  /** The newest snapshot, for a model that was only ever fetched by its commit. */
  async newestCommit(): Promise<string | undefined> {
    const names = await readdir(join(this.folder, 'snapshots')).catch(() => []);
    const commits = names.filter(isCommit);
    const times = await Promise.all(
      commits.map((commit) => stat(this.snapshot(commit)).then(({ mtimeMs }) => mtimeMs)),
    );
    return commits[times.indexOf(Math.max(...times))];
  }

  async writeRef(revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    const path = join(this.folder, 'refs', ...revision.split('/'));
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, commit);
  }

  /** Puts a blob into a snapshot under its name there. */
  async link(commit: string, file: string, etag: string): Promise<void> {
    const place = join(this.snapshot(commit), file);
    const blob = this.blob(etag);
    await mkdir(dirname(place), { recursive: true });
    await rm(place, { force: true });
    try {
      await this.makeLink(relative(dirname(place), blob), place);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return;
      if (!['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error))) throw error;
      // Windows without developer mode, exFAT, some network shares: seen whole all the same.
      const draft = `${place}.incomplete`;
      await copyFile(blob, draft);
      await rename(draft, place);
      await rm(blob, { force: true });
    }
  }

  /** Deletes the model with all its revisions. Returns the bytes freed. */
  async remove(): Promise<number> {
    const freed = await bytesBelow(this.folder);
    await rm(this.folder, { recursive: true, force: true });
    await rm(join(this.cache, '.locks', folderName(this.id)), { recursive: true, force: true });
    return freed;
  }

  async #ref(revision: string): Promise<string | undefined> {
    if (!isRevision(revision)) return undefined;
    const text = await readFile(join(this.folder, 'refs', ...revision.split('/')), 'utf8').catch(() => '');
    return isCommit(text.trim()) ? text.trim() : undefined;
  }
}

/** The models that a cache folder holds, by their ids; empty where there is no such folder. */
export async function cachedRepositories(cache: string): Promise<CachedRepository[]> {
  const entries = await readdir(cache).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((name) => name.startsWith('models--'))
    .map((name) => name.slice('models--'.length).replace('--', '/'))
    .filter(isHubId)
    .sort()
    .map((id) => new CachedRepository(cache, id));
}

/** A full commit id of git. */
export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** A branch, tag or commit that cannot lead out of the folder of refs. */
export function isRevision(text: string): boolean {
  return /^[\w][\w./-]*$/.test(text) && !text.split('/').some((part) => part === '' || /^\.+$/.test(part));
}

function folderName(id: string): string {
  return `models--${id.replace('/', '--')}`;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Bytes of all files below a folder; links count as what they are themselves. */
export async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => lstat(join(entry.parentPath, entry.name))),
  );
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
