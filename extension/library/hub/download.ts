import { constants } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { flushFolder } from '../../runs/atomicFile';
import { blobHash } from './blobHash';
import type { HubAnswer, HubClient } from './hubClient';
import { HubError } from './hubError';
import type { RepositoryFile } from './repository';
import { retrying, stopped } from './retry';

/**
 * Fetches one file to `target`, named so only when it is whole and its hash is the hub's. Until then it is `target.incomplete`,
 * as Python has it, and what stands there is not fetched again: the request asks for the rest (RFC 9110, section 14.2).
 *
 * @param path on the hub.
 * @param received called with the bytes that are there now.
 * @returns the bytes fetched.
 * @throws HubError; the incomplete file stays unless its content is wrong.
 */
export async function downloadFile(
  client: HubClient,
  path: string,
  file: RepositoryFile,
  target: string,
  signal: AbortSignal,
  received: (bytes: number) => void,
): Promise<number> {
  const incomplete = `${target}.incomplete`;
  await mkdir(dirname(target), { recursive: true });
  const handle = await open(incomplete, constants.O_RDWR | constants.O_CREAT);
  const part = new Part(handle, file, received);
  try {
    await part.begin();
    await retrying(
      () => fetchRest(client, path, part, signal),
      signal,
      client.wait,
      () => part.length,
    );
    await handle.sync();
  } catch (error) {
    if (error instanceof WrongContent) await rm(incomplete, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  const hash = await blobHash(incomplete, file.etag, signal).catch((error: unknown) => {
    throw signal.aborted ? stopped(error) : error;
  });
  if (hash !== file.etag) {
    await rm(incomplete, { force: true });
    throw new WrongContent(file, `its hash is ${hash}, the hub says ${file.etag}`);
  }
  await rename(incomplete, target);
  await flushFolder(dirname(target));
  return part.fetched;
}

/** What came is not what the hub announced; it was thrown away. */
class WrongContent extends HubError {
  constructor({ name }: RepositoryFile, reason: string) {
    super('hub-unreachable', `${name} arrived damaged: ${reason}. It was thrown away; try again.`);
  }
}

/** The incomplete file: how much of it is there, and where the next bytes go. */
class Part {
  length = 0;
  fetched = 0;

  constructor(
    private readonly handle: FileHandle,
    readonly file: RepositoryFile,
    private readonly received: (bytes: number) => void,
  ) {}

  async begin(): Promise<void> {
    this.length = (await this.handle.stat()).size;
    // Somebody else's, or of another content: it cannot be the beginning of this one.
    if (this.length > this.file.size) await this.restart();
    this.received(this.length);
  }

  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.length = 0;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.length + bytes.length > this.file.size)
      throw new WrongContent(this.file, `it is longer than the ${this.file.size} bytes that the hub says`);
    let written = 0;
    try {
      while (written < bytes.length)
        written += (await this.handle.write(bytes, written, bytes.length - written, this.length + written))
          .bytesWritten;
    } catch (error) {
      throw new HubError('disk-full', `${this.file.name} cannot be written: ${(error as Error).message}`, {
        cause: error,
      });
    }
    this.length += bytes.length;
    this.fetched += bytes.length;
    this.received(this.length);
  }
}

async function fetchRest(client: HubClient, path: string, part: Part, signal: AbortSignal): Promise<void> {
  const { file } = part;
  if (part.length === file.size) return;
  const range: Record<string, string> = part.length > 0 ? { range: `bytes=${part.length}-` } : {};
  const answer = await client.open(path, `the file ${file.name}`, signal, range);
  try {
    if (answer.status !== 206) await part.restart();
    else if (rangeStart(answer) !== part.length)
      throw new HubError('hub-unreachable', `${file.name}: another part came than was asked for. Try again.`);
    for await (const bytes of answer.body as AsyncIterable<Buffer>) await part.append(bytes);
  } catch (error) {
    answer.body.destroy();
    throw client.lost(error, `the file ${file.name}`, signal);
  }
  if (part.length < file.size)
    throw new HubError(
      'hub-unreachable',
      `${file.name}: ${part.length} of ${file.size} bytes came, then no more. The same download goes on from there.`,
      { temporary: true },
    );
}

/** RFC 9110, section 14.4: "bytes 100-199/200". */
function rangeStart({ headers }: HubAnswer): number | undefined {
  const range = headers['content-range'];
  const match = typeof range === 'string' ? /^bytes (\d+)-/.exec(range) : null;
  return match === null ? undefined : Number(match[1]);
}
