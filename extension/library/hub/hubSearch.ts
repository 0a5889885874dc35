import * as z from 'zod/mini';
import { supportedArchitectures } from '../../engine/models/architectures/table';
import type { HubSearchPage, HubSearchResult } from '../../protocol/models';
import { CachedRepository } from './hubCache';
import type { HubClient } from './hubClient';
import { HubError } from './hubError';
import { isHubId } from './hubId';
import { parsed } from './repository';

/** What of a model a search tells. */
const told = ['downloads', 'likes', 'config', 'gated', 'safetensors', 'tags', 'lastModified', 'pipeline_tag'];

/** `GET /api/models`, as far as it is read. https://huggingface.co/docs/hub/api */
const answer = z.array(
  z.object({
    id: z.string(),
    downloads: z.optional(z.number()),
    likes: z.optional(z.number()),
    gated: z.optional(z.union([z.boolean(), z.string()])),
    pipeline_tag: z.optional(z.nullable(z.string())),
    tags: z.optional(z.array(z.string())),
    lastModified: z.optional(z.string()),
    config: z.optional(z.nullable(z.object({ model_type: z.optional(z.string()) }))),
    safetensors: z.optional(z.nullable(z.object({ total: z.optional(z.number()) }))),
  }),
);
type Told = z.infer<typeof answer>[number];

/** Tasks of models that write text. */
const textTasks = ['text-generation', 'text2text-generation', 'translation', 'summarization'];

/**
 * Models by words of their names, most downloaded first: those with safetensors files that write text. A page may hold fewer than
 * the limit, since the hub cannot be asked for several tasks at once.
 *
 * @param page `next` of the page before.
 * @throws HubError.
 */
export async function searchHub(
  client: HubClient,
  words: string,
  signal: AbortSignal,
  { page, limit = 20 }: { readonly page?: string | undefined; readonly limit?: number | undefined } = {},
): Promise<HubSearchPage> {
  const first = new URLSearchParams([
    ['search', words],
    ['filter', 'safetensors'],
    ['sort', 'downloads'],
    ['direction', '-1'],
    ['limit', String(Math.min(100, Math.max(1, Math.trunc(limit))))],
    ...told.map((field) => ['expand[]', field]),
  ]);
  if (page !== undefined && !page.startsWith('?'))
    throw new HubError('hub-missing', `"${page}" is not a page of a search.`);
  const { text, headers } = await client.text(`/api/models${page ?? `?${first.toString()}`}`, 'a search', signal);
  const { endpoint, cache } = client.settings;
  const found = parsed(answer, text, endpoint, 'a search').filter(isTextModel);
  const results = await Promise.all(found.map((model) => searchResult(model, endpoint, cache)));
  const next = nextPage(headers['link'], endpoint);
  return { results, ...(next === undefined ? {} : { next }) };
}

function isTextModel({ id, pipeline_tag: task, config }: Told): boolean {
  if (!isHubId(id)) return false;
  return textTasks.includes(task ?? '') || supportedArchitectures.includes(config?.model_type ?? '');
}

async function searchResult(model: Told, endpoint: string, cache: string): Promise<HubSearchResult> {
  const { id, tags = [], config, safetensors, lastModified } = model;
  const architecture = config?.model_type;
  const licence = tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length);
  return {
    id,
    downloads: model.downloads ?? 0,
    likes: model.likes ?? 0,
    ...(architecture === undefined ? {} : { architecture, supported: supportedArchitectures.includes(architecture) }),
    tags,
    ...(licence === undefined ? {} : { licence }),
    gated: model.gated !== undefined && model.gated !== false,
    ...(safetensors?.total === undefined ? {} : { parameters: safetensors.total }),
    ...(lastModified === undefined ? {} : { updatedAt: lastModified }),
    downloaded: (await new CachedRepository(cache, id).commitOf('main')) !== undefined,
    page: `${endpoint}/${id}`,
  };
}

/** RFC 8288: `<https://hub/api/models?cursor=...>; rel="next"`. Only its question is kept: a page leads to no other place. */
function nextPage(link: string | string[] | undefined, endpoint: string): string | undefined {
  const all = Array.isArray(link) ? link.join(', ') : (link ?? '');
  const address = /<([^>]*)>;\s*rel="next"/.exec(all)?.[1];
  return address === undefined || !URL.canParse(address, endpoint) ? undefined : new URL(address, endpoint).search;
}
