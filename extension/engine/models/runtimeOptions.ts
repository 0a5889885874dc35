import { totalmem } from 'node:os';
import type { SessionOptions } from '../graph/session';
import type { LanguageModel } from './languageModel';

/**
 * onnxruntime on the CPU packs every weight anew for each kind of product it stands in: 6 to 10 % faster, but a copy in float32 for each.
 * That is done while the copies stay below an eighth of the machine's memory. The decision must not hang on what is free at the
 * moment: the same machine is to give the same numbers.
 *
 * @param copies 1 for a forward pass, 2 with the backward pass.
 */
export function runtimeOptions(network: LanguageModel, copies: number, threads: number | undefined): SessionOptions {
  const lowMemory = copies * 4 * network.parameters > totalmem() / 8;
  return { lowMemory, ...(threads === undefined ? {} : { threads }) };
}
