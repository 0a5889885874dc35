import { totalmem } from 'node:os';
import { gradient } from '../gradients/gradient';
import { peakMemory } from '../graph/peakMemory';
import type { LongestExample } from './frozenModel';
import { noPlaceBehind, type PromptPlace } from './frozenPrefix/promptPlace';
import { PastLayers } from './generation/pastLayers';
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
    activations: activationsOf(network, workload)(workload.batchSize, workload.tokens),
  };
}

/**
 * How many tokens one pass may have, prompt included, so that a step takes at most half of the machine's memory: `wanted`, or the first of its
 * halves that fits; at least one example. A past counts by its {@link pastShare}.
 *
 * @param stored whether the weights are float32 on disk.
 * @param installed the machine's memory, bytes; not what is free at the moment: the same machine is to give the same numbers.
 */
export function fittingTokens(
  network: LanguageModel,
  workload: LongestExample,
  wanted: number,
  stored: { readonly float32: boolean },
  installed = totalmem(),
): number {
  const { promptLength, tokens, past = 0 } = workload;
  const activations = activationsOf(network, workload);
  const room = installed / 2 - weightBytes(network, stored, installed);
  const example = Math.ceil(promptLength + tokens + shareOf(activations, workload) * past);
  // As batches are cut: a prompt that all rows of a pass share counts once.
  const shared = network.kind === 'causal' && workload.past === undefined;
  const rowsIn = (most: number): number =>
    Math.max(1, Math.floor(shared ? (most - promptLength) / tokens : most / example));
  let fitting = wanted;
  while (fitting > example && activations(rowsIn(fitting), tokens, past) > room)
    fitting = Math.max(example, Math.ceil(fitting / 2));
  return fitting;
}

/**
 * How much of a computed token's memory a token of the past takes: its keys and values in every layer, and what the new tokens' attention
 * keeps of it. Read off the graph like {@link tuningMemory}, for rows of the longest example's size. 0 without a past.
 */
export function pastShare(network: LanguageModel, workload: LongestExample): number {
  return shareOf(activationsOf(network, workload), workload);
}

function shareOf(activations: Activations, { promptLength, tokens, past = 0 }: LongestExample): number {
  if (past === 0) return 0;
  const batch = 8;
  const held = activations(batch, tokens, past) - activations(batch, tokens, 0);
  return held / past / (activations(batch, tokens, 0) / (promptLength + tokens));
}

/** Bytes that a pass over so many examples holds at once, of so many computed tokens each, and so many of the past. */
type Activations = (batch: number, tokens: number, past?: number) => number;

function activationsOf(
  network: LanguageModel,
  { promptLength, past: behind }: Pick<LongestExample, 'promptLength' | 'past'>,
): Activations {
  const { loss, prompt } = lossGraph(network, promptLength, behind === undefined ? undefined : behindText(network));
  const [promptGradient] = gradient(loss, [prompt]);
  return (batch, tokens, past = 0) => {
    // One target token an example, and the end token after it in a decoder.
    const rows = { batch, rows: batch, targets: batch, lead: 0 };
    const lengths = { text: tokens, past, reached: past + promptLength + tokens };
    const sizes = new Map(Object.entries({ ...rows, ...lengths, slots: 1, decoder: 2 }));
    return Math.round(arenaFactor * peakMemory([loss, promptGradient!], sizes));
  };
}

/** Keys and values as they are kept on the CPU. @throws Error for an encoder-decoder, which has no such place. */
function behindText({ continuation }: LanguageModel): Pick<PromptPlace, 'logits'> {
  if (continuation.kind !== 'causal') throw new Error(noPlaceBehind);
  return { logits: (prompt) => continuation.logitsBehindText(prompt!, new PastLayers('float16')) };
}

/**
 * The weights as the training and the scoring session hold them, bytes.
 * @param stored whether the weights are float32 on disk.
 * @param installed the machine's memory, bytes.
 */
export function weightBytes(
  network: Pick<LanguageModel, 'parameters'>,
  stored: { readonly float32: boolean },
  installed: number,
): number {
  const float32 = 4 * network.parameters;
  const packed = [2, 1].filter((copies) => packsWeights(network.parameters, copies, installed));
  const unpacked = 2 - packed.length;
  // Sessions map float32 in place, so they share it; anything else each of them converts.
  const inPlace = stored.float32 ? Math.min(unpacked, 1) : unpacked;
  return (packed.reduce((sum, copies) => sum + copies, 0) + inPlace) * float32;
}
