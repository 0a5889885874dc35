import { searchHub as search } from '../../../library/hub/hubSearch';
import type { HubSearchPage, SearchHubJob } from '../../../protocol/models';
import type { JobContext } from '../context';
import { withHub } from './hubAccess';

/** Searches the hub for models by words of their names. */
export function searchHub({ words, hub, page, limit }: SearchHubJob, { signal }: JobContext): Promise<HubSearchPage> {
  return withHub(hub, (client) => search(client, words, signal, { page, limit }));
}
