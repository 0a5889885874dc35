import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { errorCode, writeFileAtomic } from './atomicFile';
import { type ProcessIdentity, isAlive, thisProcess } from './processIdentity';

/** The lock is held by another process that is alive. */
export class LockedError extends Error {
  constructor(
    readonly path: string,
    readonly pid: number | undefined,
  ) {
    super(`${path} is held${pid === undefined ? '' : ` by process ${pid}`}`);
    this.name = 'LockedError';
  }
}

export interface FileLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only owner of a lock file, until released or until it dies: a lock of a dead process does not count.
 *
 * The file holds the owner. A free lock is taken by creating the file, which only one process can. The lock of a dead owner is
 * taken over under a second lock named after its content: whoever holds that looks again, and if the content is still the same
 * replaces it, so two processes that both saw the dead owner cannot both win.
 * @throws LockedError while a living process holds it.
 */
export async function acquireFileLock(path: string): Promise<FileLock> {
  const own = JSON.stringify(await thisProcess());
  const release = async (): Promise<void> => {
    if ((await contentOf(path)) === own) await rm(path, { force: true });
  };
  for (;;) {
    if (await createExclusively(path, own)) return { release };
    const found = await contentOf(path);
    // Released just now: try again.
    if (found === undefined) continue;
    await refuseWhileAlive(path, found);
    await takeOver(path, found, own);
    return { release };
  }
}

async function takeOver(path: string, found: string, own: string): Promise<void> {
  const takeover = `${path}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`;
  if (!(await createExclusively(takeover, own))) {
    await refuseWhileAlive(path, (await contentOf(takeover)) ?? '');
    // Its maker died in the middle of taking over.
    await rm(takeover, { force: true });
    if (!(await createExclusively(takeover, own))) throw new LockedError(path, undefined);
  }
  try {
    if ((await contentOf(path)) !== found) throw new LockedError(path, undefined);
    await writeFileAtomic(path, own);
  } finally {
    await rm(takeover, { force: true });
  }
}

async function refuseWhileAlive(path: string, lock: string): Promise<void> {
  const owner = parseIdentity(lock);
  if (owner && (await isAlive(owner))) throw new LockedError(path, owner.pid);
}

/** Makes a file with its content in one step, so that nobody sees it empty; false when there is one already. */
async function createExclusively(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, content, { flag: 'wx' });
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // File systems without hard links (exFAT, some network shares).
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error)))
      return await createInPlace(path, content);
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function createInPlace(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startedAt } = JSON.parse(text) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}
