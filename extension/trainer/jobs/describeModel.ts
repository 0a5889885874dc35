import type { DescribeModelJob, ModelDescription } from '../../protocol/trainer';
import { loadFrozenModel } from '../../engine/models/loadFrozenModel';
import { attempt, type JobContext } from './context';
import { modelFolder } from './experimentSource';

/** Reads a model's configuration, tokenizer and weight headers and says what it is. */
export async function describeModel(
  { model, baseFolder }: DescribeModelJob,
  { resources }: JobContext,
): Promise<ModelDescription> {
  const loaded = await attempt('bad-model', () => loadFrozenModel(modelFolder(model, baseFolder, resources)));
  const { name, folder, architecture, parameters, width, layers, vocabulary } = loaded;
  return { name, folder, architecture, parameters, width, layers, vocabulary };
}
