import { totalmem } from 'node:os';
import { gradient } from '../gradients/gradient';
import { peakMemory } from '../graph/peakMemory';
import type { LanguageModel } from './languageModel';
import { lossGraph } from './lossGraph';
import { packsWeights } from './runtimeOptions';

/** What tuning on the CPU holds at its peak, bytes. */
export interface TuningMemory {
  /** The weights as the training and the scoring session hold them: packed, converted or mapped. */
  readonly weights: number;
  /** What is alive at once between the prompt and its gradient. */
  readonly activations: number;
}

/**
 * Peak memory of one optimiser step, read off the graph itself: its values are gone through in their order, each lives from where it is
 * made to where it is last used, and the most that is alive at once is the peak. So it holds for every architecture.
 *
 * @param batchSize examples in a micro-batch. @param tokens of each of them, without the prompt.
 * @param stored whether the weights are float32 on disk.
 * @param installed the machine's memory, bytes.
 */
export function tuningMemory(
  network: LanguageModel,
  workload: { readonly promptLength: number; readonly batchSize: number; readonly tokens: number },
  stored: { readonly float32: boolean },
  installed = totalmem(),
): TuningMemory {
  const float32 = 4 * network.parameters;
  const packed = [2, 1].filter((copies) => packsWeights(network.parameters, copies, installed));
  const unpacked = 2 - packed.length;
  // Sessions map float32 in place, so they share it; anything else each of them converts.
  const inPlace = stored.float32 ? Math.min(unpacked, 1) : unpacked;
  return {
    weights: (packed.reduce((sum, copies) => sum + copies, 0) + inPlace) * float32,
    activations: activationPeak(network, workload),
  };
}

function activationPeak(
  network: LanguageModel,
  { promptLength, batchSize, tokens }: { promptLength: number; batchSize: number; tokens: number },
): number {
  const { loss, prompt } = lossGraph(network, promptLength);
  const [promptGradient] = gradient(loss, [prompt]);
  // One target token an example, and the end token after it in a decoder.
  const rows = { batch: batchSize, rows: batchSize, targets: batchSize };
  return peakMemory([loss, promptGradient!], new Map(Object.entries({ ...rows, text: tokens, slots: 1, decoder: 2 })));
}
