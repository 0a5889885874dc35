import { findModels } from '../../../library/localModels';
import { usualWorkload } from '../../../library/memoryEstimate';
import { modelEntry } from '../../../library/modelEntry';
import type { ListModelsJob, ModelEntry, ModelList } from '../../../protocol/models';
import type { JobContext } from '../context';

/** Lists the models of this machine, by their headers alone. */
export async function listModels(
  { folders, workload = usualWorkload }: ListModelsJob,
  { resources, signal }: JobContext,
): Promise<ModelList> {
  const { models, problems } = await findModels({ bundled: resources.bundledModel, folders });
  const entries: ModelEntry[] = [];
  for (const model of models) {
    if (signal.aborted) break;
    entries.push(await modelEntry(model, workload));
  }
  return { models: entries, problems };
}
