import { totalmem } from 'node:os';
import type { SessionOptions } from '../graph/session';
import type { LanguageModel } from './languageModel';

/**
 * Whether onnxruntime packs the weights anew for each kind of product they stand in: 6 to 10 % faster on the CPU, but a copy in float32
 * for each. That is done while the copies stay below an eighth of the machine's memory. The decision must not hang on what is free
 * at the moment: the same machine is to give the same numbers.
 *
 * @param copies 1 for a forward pass, 2 with the backward pass.
 * @param installed the machine's memory, bytes.
 */
export function packsWeights(parameters: number, copies: number, installed: number): boolean {
  return copies * 4 * parameters <= installed / 8;
}

/** How a session of a model is opened. @param copies as for {@link packsWeights}. */
export function runtimeOptions(network: LanguageModel, copies: number, threads: number | undefined): SessionOptions {
  const lowMemory = !packsWeights(network.parameters, copies, totalmem());
  return { lowMemory, backward: copies > 1, ...(threads === undefined ? {} : { threads }) };
}
