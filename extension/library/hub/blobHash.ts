import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * What the content of a file is called in the cache: its SHA-256 for an etag of 64 digits, its SHA-512 for 128, otherwise the git blob id, which is the SHA-1 of
 * "blob SIZE", a zero byte, and the content (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).
 *
 * @param etag only its length is looked at.
 */
export async function blobHash(file: string, etag: string, signal?: AbortSignal): Promise<string> {
  const hash =
    etag.length === 128
      ? createHash('sha512')
      : etag.length === 64
        ? createHash('sha256')
        : createHash('sha1').update(`blob ${(await stat(file)).size}\0`);
  const content = createReadStream(file, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) });
  for await (const chunk of content) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
