import { modelFacts } from '../../../engine/models/modelFacts';
import { estimateMemory } from '../../../library/memoryEstimate';
import type { EstimateMemoryJob, MemoryEstimate } from '../../../protocol/models';
import { attempt, type JobContext } from '../context';
import { namedModel } from '../namedModel';

/** Says what tuning a model with a given prompt and batch takes on this machine. */
export async function estimateModelMemory(
  { model, baseFolder, workload }: EstimateMemoryJob,
  { resources }: JobContext,
): Promise<MemoryEstimate> {
  const { folder } = await namedModel(model, baseFolder, resources);
  return attempt('bad-model', async () => {
    const { network, float32 } = await modelFacts(folder);
    return estimateMemory(network, float32, workload);
  });
}
