import { freemem, totalmem } from 'node:os';
import type { LanguageModel } from '../engine/models/languageModel';
import { tuningMemory, type TuningMemory } from '../engine/models/tuningMemory';
import type { MemoryEstimate, Workload } from '../protocol/models';

/** The preset Quick: 20 virtual tokens, 16 examples; 64 tokens are a few sentences. */
export const usualWorkload: Workload = { promptLength: 20, batchSize: 16, tokens: 64 };

/** The trainer with its data and tokenizer, before there is a session. */
const processBytes = 150e6;

/** Memory of this machine or another one, bytes. */
type MachineMemory = Pick<MemoryEstimate, 'free' | 'installed'>;

/** What tuning a model takes on this machine's CPU, against the memory that there is. Measured totals were 6 % above to 19 % below it. */
export function estimateMemory(
  network: LanguageModel,
  float32: boolean,
  workload: Workload,
  memory: MachineMemory = { free: freemem(), installed: totalmem() },
): MemoryEstimate {
  return withVerdict(tuningMemory(network, workload, { float32 }, memory.installed), workload, memory);
}

/** The estimate of what one step holds, and whether a machine has that much. */
export function withVerdict(step: TuningMemory, workload: Workload, memory: MachineMemory): MemoryEstimate {
  const total = step.weights + step.activations + processBytes;
  const verdict = total <= memory.free ? 'fits' : total <= memory.installed ? 'tight' : 'too-large';
  return { workload, ...step, process: processBytes, total, ...memory, verdict };
}
