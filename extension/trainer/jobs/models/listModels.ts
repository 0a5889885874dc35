import { unpackedFolder } from '../../../engine/storage/unpackedFolder';
import { findModels } from '../../../library/localModels';
import { usualWorkload } from '../../../library/memoryEstimate';
import { modelEntry } from '../../../library/modelEntry';
import type { FoundModel } from '../../../library/stores/store';
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
    entries.push(await modelEntry(await unpacked(model), workload));
  }
  return { models: entries, problems };
}

/** The bundled model may lie packed. Where it cannot be unpacked that is its own problem; the others are listed. */
async function unpacked(model: FoundModel): Promise<FoundModel> {
  if (model.source !== 'bundled') return model;
  try {
    return { ...model, path: await unpackedFolder(model.path) };
  } catch (error) {
    return { ...model, problem: error instanceof Error ? error.message : String(error) };
  }
}
