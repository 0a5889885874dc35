import { buildLanguageModel } from '../../../extension/engine/models/architectures/table';
import { Configuration } from '../../../extension/engine/models/configuration';
import { FrozenTensors } from '../../../extension/engine/models/frozenTensors';
import { Weights } from '../../../extension/engine/models/weights';
import type { Workload } from '../peft/workloads';

/**
 * Multiplications and additions of a step that computes the prompt with every row, as transformers does: forward 2 and backward to the prompt 2 for
 * each token and each weight outside the embeddings; few tokens go through the head.
 */
export async function nominalFlops(folder: string, { batch, tokens, promptLength }: Workload): Promise<number> {
  const tensors = new FrozenTensors(await Weights.open(folder));
  const { network } = buildLanguageModel(await Configuration.read(folder), tensors);
  const embeddings = tensors.places
    .filter(({ shape }) => shape[0] === network.vocabulary)
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return 4 * (network.parameters - embeddings) * batch * (promptLength + tokens);
}
