import { runtimeLibrary } from '../../../engine/graph/runtimeFolder';
import { removeCuda } from '../../../library/cuda/cudaFiles';
import { attempt } from '../context';

/** Removes onnxruntime's CUDA libraries again. */
export function disableCuda(): Promise<{ readonly freed: number }> {
  return attempt('internal', async () => ({ freed: await removeCuda((await runtimeLibrary()).folder) }));
}
