import { CachedRepository } from '../../../library/hub/hubCache';
import { downloadModel as download } from '../../../library/hub/snapshot';
import { usualWorkload } from '../../../library/memoryEstimate';
import { modelEntry } from '../../../library/modelEntry';
import { huggingFaceModel } from '../../../library/stores/huggingFaceCache';
import type { DownloadedModel, DownloadModelJob } from '../../../protocol/models';
import type { JobContext } from '../context';
import { withHub } from './hubAccess';

/** Fetches a model of the hub into the cache. */
export function downloadModel(
  { id, revision = 'main', hub }: DownloadModelJob,
  { signal, event, heartbeat }: JobContext,
): Promise<DownloadedModel> {
  return withHub(hub, async (client) => {
    event({ type: 'phase', text: `asking for ${id}` });
    const { folder, commit, fetched } = await download(client, id, revision, {
      signal,
      progress: (progress) => {
        heartbeat();
        event({ type: 'download', progress });
      },
    });
    const found = await huggingFaceModel(new CachedRepository(client.settings.cache, id), folder);
    return { id, folder, commit, fetched, entry: await modelEntry(found, usualWorkload) };
  });
}
