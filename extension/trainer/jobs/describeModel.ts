import type { DescribeModelJob, ModelDescription } from '../../protocol/trainer';
import type { JobContext } from './context';
import { openNamedModel } from './namedModel';

/** Reads a model's configuration, tokenizer and weight headers and says what it is. */
export async function describeModel(
  { model, baseFolder }: DescribeModelJob,
  { resources }: JobContext,
): Promise<ModelDescription> {
  const loaded = await openNamedModel(model, baseFolder, resources);
  const { name, folder, architecture, parameters, width, layers, vocabulary, notes } = loaded;
  return { name, folder, architecture, parameters, width, layers, vocabulary, notes };
}
