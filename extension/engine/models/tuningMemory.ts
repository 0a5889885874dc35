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
  /** What onnxruntime holds at once between the prompt and its gradient. */
  readonly activations: number;
}

/**
 * onnxruntime orders the steps its own way and its arena keeps gaps, so more is alive than has to be: 1.98 to 2.11 times on Llama models of 39 and 135
 * million parameters, 1.55 times on a T5 of 77 million (peak resident memory, 8 workloads from 4 x 64 to 32 x 128 tokens).
 */
const arenaFactor = 2.1;

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
  return {
    weights: weightBytes(network, stored, installed),
    activations: activationsOf(network, workload.promptLength)(workload.batchSize, workload.tokens),
  };
}

/**
 * How many tokens one pass may have, prompt included, so that a step takes at most half of the machine's memory: `wanted`, or the first of its
 * halves that fits; at least one example.
 *
 * @param tokens of the longest example, without the prompt.
 * @param stored whether the weights are float32 on disk.
 * @param installed the machine's memory, bytes; not what is free at the moment: the same machine is to give the same numbers.
 */
export function fittingTokens(
  network: LanguageModel,
  { promptLength, tokens }: { readonly promptLength: number; readonly tokens: number },
  wanted: number,
  stored: { readonly float32: boolean },
  installed = totalmem(),
): number {
  const activations = activationsOf(network, promptLength);
  const room = installed / 2 - weightBytes(network, stored, installed);
  const example = promptLength + tokens;
  let fitting = wanted;
  while (fitting > example && activations(Math.max(1, Math.floor(fitting / example)), tokens) > room)
    fitting = Math.max(example, Math.ceil(fitting / 2));
  return fitting;
}

/** Bytes that a pass over so many examples of so many tokens holds at once. */
function activationsOf(network: LanguageModel, promptLength: number): (batch: number, tokens: number) => number {
  const { loss, prompt } = lossGraph(network, promptLength);
  const [promptGradient] = gradient(loss, [prompt]);
  return (batch, tokens) => {
    // One target token an example, and the end token after it in a decoder.
    const rows = { batch, rows: batch, targets: batch };
    const sizes = new Map(Object.entries({ ...rows, text: tokens, slots: 1, decoder: 2 }));
    return Math.round(arenaFactor * peakMemory([loss, promptGradient!], sizes));
  };
}

function weightBytes(network: LanguageModel, stored: { readonly float32: boolean }, installed: number): number {
  const float32 = 4 * network.parameters;
  const packed = [2, 1].filter((copies) => packsWeights(network.parameters, copies, installed));
  const unpacked = 2 - packed.length;
  // Sessions map float32 in place, so they share it; anything else each of them converts.
  const inPlace = stored.float32 ? Math.min(unpacked, 1) : unpacked;
  return (packed.reduce((sum, copies) => sum + copies, 0) + inPlace) * float32;
}
