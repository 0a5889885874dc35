import { freemem, totalmem } from 'node:os';
import type { LanguageModel } from '../engine/models/languageModel';
import { tuningMemory } from '../engine/models/tuningMemory';
import type { MemoryEstimate, Workload } from '../protocol/models';

/** The preset Quick: 20 virtual tokens, 16 examples; 64 tokens are a few sentences. */
export const usualWorkload: Workload = { promptLength: 20, batchSize: 16, tokens: 64 };

/** The trainer with its data and tokenizer, before there is a session. */
const processBytes = 150e6;

/** What tuning a model takes on this machine's CPU, against the memory that there is. Measured totals were 6 % above to 19 % below it. */
export function estimateMemory(
  network: LanguageModel,
  float32: boolean,
  workload: Workload,
  memory: { readonly free: number; readonly installed: number } = { free: freemem(), installed: totalmem() },
): MemoryEstimate {
  const step = tuningMemory(network, workload, { float32 }, memory.installed);
  const total = step.weights + step.activations + processBytes;
  const verdict = total <= memory.free ? 'fits' : total <= memory.installed ? 'tight' : 'too-large';
  return { workload, ...step, process: processBytes, total, ...memory, verdict };
}
