import { mkdir, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Configuration } from '../../engine/models/configuration';
import { declaredModel } from '../../engine/models/declaredModel';
import type { DownloadProgress } from '../../protocol/models';
import { acquireFileLock, LockedError, type FileLock } from '../../runs/fileLock';
import { downloadFile } from './download';
import { CachedRepository } from './hubCache';
import type { HubClient } from './hubClient';
import { HubError } from './hubError';
import { checkedHubId } from './hubId';
import { smallFiles, weightFiles, weightIndex } from './modelFiles';
import { Rate } from './rate';
import { describeRepository, type Repository, type RepositoryFile } from './repository';
import { stopped } from './retry';

export interface SnapshotOptions {
  readonly signal: AbortSignal;
  readonly progress?: (progress: DownloadProgress) => void;
  /** Bytes that a folder's disk has left; default: what the system says. */
  readonly freeSpace?: (folder: string) => Promise<number>;
}

export interface Snapshot {
  readonly folder: string;
  readonly commit: string;
  /** Bytes fetched now. */
  readonly fetched: number;
}

/**
 * Fetches a model into the cache: what is there already stays, what was begun goes on. Settings and tokenizer come first, and a model that
 * cannot be used here is refused before its weights are fetched.
 *
 * @throws HubError; ModelError for a model that is not supported.
 */
export async function downloadModel(
  client: HubClient,
  id: string,
  revision: string,
  options: SnapshotOptions,
): Promise<Snapshot> {
  const cached = new CachedRepository(client.settings.cache, checkedHubId(id));
  const commit = client.settings.offline ? await cached.commitOf(revision) : undefined;
  if (commit !== undefined) return { folder: cached.snapshot(commit), commit, fetched: 0 };
  const repository = await describeRepository(client, id, revision, options.signal);
  const fetching = new Fetching(client, cached, repository, options);

  const small = smallFiles(repository);
  for (const file of small) await fetching.fetch(file);
  const folder = cached.snapshot(repository.commit);
  declaredModel(await Configuration.read(folder));

  const index = small.some(({ name }) => name === weightIndex)
    ? await readFile(join(folder, weightIndex), 'utf8')
    : undefined;
  const weights = weightFiles(repository, index);
  await fetching.plan([...small, ...weights]);
  for (const file of weights) await fetching.fetch(file);
  // Last, so that a revision keeps standing for what is whole.
  await cached.writeRef(revision, repository.commit);
  return { folder, commit: repository.commit, fetched: fetching.fetched };
}

/** The files of one repository on their way into the cache. */
class Fetching {
  fetched = 0;
  readonly #there = new Map<string, number>();
  readonly #rate = new Rate();
  #total: number | undefined;
  #shown = 0;

  constructor(
    private readonly client: HubClient,
    private readonly cached: CachedRepository,
    private readonly repository: Repository,
    private readonly options: SnapshotOptions,
  ) {}

  /** Counts what is there of all files, and refuses where the disk has no room for the rest. */
  async plan(files: readonly RepositoryFile[]): Promise<void> {
    for (const file of files) this.#there.set(file.name, await this.#bytesThere(file));
    this.#total = files.reduce((sum, { size }) => sum + size, 0);
    const missing = this.#total - this.#done();
    await mkdir(this.cached.folder, { recursive: true });
    const free = await (this.options.freeSpace ?? freeSpace)(this.cached.folder);
    if (missing > free)
      throw new HubError(
        'disk-full',
        `${this.cached.id} needs ${sizeText(missing)} more, and the disk of ${this.client.settings.cache} has ${sizeText(free)} left. ` +
          'Remove a model, or name a cache on another disk in HF_HUB_CACHE.',
      );
  }

  /** Brings one file into the snapshot. */
  async fetch(file: RepositoryFile): Promise<void> {
    const { commit, id } = this.repository;
    const place = join(this.cached.snapshot(commit), file.name);
    if (!(await hasSize(place, file.size))) {
      const blob = this.cached.blob(file.etag);
      const lock = await this.#lock(file);
      try {
        if (!(await hasSize(blob, file.size))) {
          const path = `/${id}/resolve/${commit}/${file.name.split('/').map(encodeURIComponent).join('/')}`;
          this.fetched += await downloadFile(this.client, path, file, blob, this.options.signal, (bytes) =>
            this.#received(file, bytes),
          );
        }
        await this.cached.link(commit, file.name, file.etag);
      } finally {
        await lock.release();
      }
    }
    this.#received(file, file.size);
  }

  /** Waits while another process fetches the same content. */
  async #lock({ etag }: RepositoryFile): Promise<FileLock> {
    const { signal } = this.options;
    const path = this.cached.lock(etag);
    await mkdir(dirname(path), { recursive: true });
    for (;;) {
      try {
        return await acquireFileLock(path);
      } catch (error) {
        if (!(error instanceof LockedError)) throw error;
        await this.client.wait(500, signal).catch((reason: unknown) => {
          throw stopped(reason);
        });
      }
    }
  }

  #received(file: RepositoryFile, bytes: number): void {
    this.#there.set(file.name, bytes);
    const total = this.#total;
    if (total === undefined) return;
    const now = performance.now();
    const done = this.#done();
    // Five a second are enough for an eye.
    if (done < total && now - this.#shown < 200) return;
    this.#shown = now;
    const rate = this.#rate.at(done, now);
    const { id } = this.repository;
    this.options.progress?.({ id, file: file.name, done, total, ...(rate === undefined ? {} : { rate }) });
  }

  #done(): number {
    return [...this.#there.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  async #bytesThere({ name, etag, size }: RepositoryFile): Promise<number> {
    const places = [join(this.cached.snapshot(this.repository.commit), name), this.cached.blob(etag)];
    for (const place of places) if (await hasSize(place, size)) return size;
    const begun = await stat(`${this.cached.blob(etag)}.incomplete`).catch(() => undefined);
    return begun === undefined || begun.size > size ? 0 : begun.size;
  }
}

async function hasSize(path: string, size: number): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile() && found.size === size,
    () => false,
  );
}

async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function sizeText(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
