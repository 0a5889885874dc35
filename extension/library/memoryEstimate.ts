import { freemem, totalmem } from 'node:os';
import type { LanguageModel } from '../engine/models/languageModel';
import { tuningMemory } from '../engine/models/tuningMemory';
import type { MemoryEstimate, Workload } from '../protocol/models';

/** The preset Quick: 20 virtual tokens, 16 examples; 64 tokens are a few sentences. */
export const usualWorkload: Workload = { promptLength: 20, batchSize: 16, tokens: 64 };

/** The trainer with its data and tokenizer, before there is a session. */
const processBytes = 150e6;

/**
 * onnxruntime orders the steps its own way and its arena keeps gaps, so more is alive than has to be: 1.98 to 2.11 times on Llama models of 39 and 135
 * million parameters, 1.55 times on a T5 of 77 million (peak resident memory, 8 workloads from 4 x 64 to 32 x 128 tokens).
 */
const arenaFactor = 2.1;

/** What tuning a model takes on this machine's CPU, against the memory that there is. Measured totals were 6 % above to 19 % below it. */
export function estimateMemory(
  network: LanguageModel,
  float32: boolean,
  workload: Workload,
  memory: { readonly free: number; readonly installed: number } = { free: freemem(), installed: totalmem() },
): MemoryEstimate {
  const step = tuningMemory(network, workload, { float32 }, memory.installed);
  const activations = Math.round(arenaFactor * step.activations);
  const total = step.weights + activations + processBytes;
  const verdict = total <= memory.free ? 'fits' : total <= memory.installed ? 'tight' : 'too-large';
  return { workload, weights: step.weights, activations, process: processBytes, total, ...memory, verdict };
}
