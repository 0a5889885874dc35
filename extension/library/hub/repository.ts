import * as z from 'zod/mini';
import type { HubClient } from './hubClient';
import { isCommit, isRevision } from './hubCache';
import { HubError } from './hubError';

/** A file of a repository as the hub describes it. */
export interface RepositoryFile {
  /** Its path in the repository. */
  readonly name: string;
  readonly size: number;
  /** What the cache calls it: the SHA-256 of a large file, the git blob id (a SHA-1) of a small one. */
  readonly etag: string;
}

export interface Repository {
  readonly id: string;
  readonly commit: string;
  readonly files: ReadonlyMap<string, RepositoryFile>;
}

/** `GET /api/models/ID/revision/REVISION?blobs=true`, as far as it is read. https://huggingface.co/docs/hub/api */
const answer = z.object({
  sha: z.string().check(z.refine(isCommit)),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.optional(z.int().check(z.gte(0))),
      blobId: z.optional(z.string()),
      lfs: z.optional(z.nullable(z.object({ sha256: z.string(), size: z.int().check(z.gte(0)) }))),
    }),
  ),
});

/** Asks the hub what a model's repository holds at a revision. @throws HubError for one that is missing, private, or described in another way. */
export async function describeRepository(
  client: HubClient,
  id: string,
  revision: string,
  signal: AbortSignal,
): Promise<Repository> {
  if (!isRevision(revision)) throw new HubError('hub-missing', `"${revision}" is not a revision.`);
  const what = `the model ${id}`;
  const { text } = await client.text(
    `/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`,
    what,
    signal,
  );
  const { sha, siblings } = parsed(answer, text, client.settings.endpoint, what);
  const files = new Map<string, RepositoryFile>();
  for (const { rfilename: name, size, blobId, lfs } of siblings) {
    const etag = lfs?.sha256 ?? blobId;
    const bytes = lfs?.size ?? size;
    // The etag names a file of the cache, so it is nothing but a hash.
    if (etag !== undefined && bytes !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(etag))
      files.set(name, { name, size: bytes, etag });
  }
  if (files.size === 0 && siblings.length > 0)
    throw new HubError(
      'hub-unreachable',
      `${client.settings.endpoint} does not tell sizes and hashes of the files of ${id}; without them nothing can be checked. Set HF_ENDPOINT to another hub.`,
    );
  return { id, commit: sha, files };
}

/** Reads an answer of the hub. @throws HubError for one of another form. */
export function parsed<Schema extends z.ZodMiniType>(
  schema: Schema,
  text: string,
  endpoint: string,
  what: string,
): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw new HubError(
    'hub-unreachable',
    `${endpoint} does not describe ${what} as a hub does${where && value !== undefined ? ` ("${where}")` : ''}. Check HF_ENDPOINT.`,
  );
}
