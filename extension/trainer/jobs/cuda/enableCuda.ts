import { runtimeLibrary } from '../../../engine/graph/runtimeFolder';
import { installCuda, installedCuda } from '../../../library/cuda/cudaFiles';
import { PackageFeed, publicFeed } from '../../../library/cuda/packageFeed';
import { HubError } from '../../../library/hub/hubError';
import { hubSettings } from '../../../library/hub/hubSettings';
import type { CudaState, EnableCudaJob } from '../../../protocol/trainer';
import { TrainerFailure } from '../../failure';
import { attempt, type JobContext } from '../context';
import { viewHardware } from '../provider/hardware';
import { probeApart } from '../provider/probeApart';
import { whyNoCuda } from './whyNoCuda';

/** Fetches onnxruntime's CUDA libraries, puts them beside its own, and tries them. */
export async function enableCuda({ feed }: EnableCudaJob, context: JobContext): Promise<CudaState> {
  const why = whyNoCuda(`${process.platform}-${process.arch}`, viewHardware());
  if (why !== undefined) throw new TrainerFailure('provider-missing', why);
  const { folder, version } = await runtimeLibrary();
  const known = await installedCuda(folder);
  const files = known?.version === version ? known : await install(folder, version, feed ?? publicFeed, context);
  context.event({ type: 'phase', text: 'trying the CUDA provider' });
  const problem = await probeApart('cuda', context).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { folder, bytes: bytesOf(files), ...(problem === undefined ? {} : { problem }) };
}

async function install(
  folder: string,
  version: string,
  index: string,
  { signal, event, heartbeat }: JobContext,
): ReturnType<typeof installCuda> {
  const feed = new PackageFeed(index, (await hubSettings({})).proxies);
  let told = -1;
  const progress = (done: number, total: number): void => {
    heartbeat();
    const percent = Math.floor((100 * done) / total);
    if (percent !== told)
      event({ type: 'phase', text: `${megabytes(done)} of ${megabytes(total)}`, share: done / total });
    told = percent;
  };
  return attempt('internal', async () => {
    try {
      return await installCuda(folder, version, feed, signal, progress);
    } catch (error) {
      if (error instanceof HubError) throw new TrainerFailure(error.code, error.message, error.stack);
      if (signal.aborted) throw new TrainerFailure('stopped', 'Stopped. What was fetched stays.');
      throw error;
    } finally {
      await feed.close();
    }
  });
}

function bytesOf({ files }: { readonly files: readonly { readonly bytes: number }[] }): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
