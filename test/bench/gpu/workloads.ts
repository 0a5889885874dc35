import type { Workload } from '../peft/workloads';

const step = { tokens: 64, promptLength: 20, targetTokens: 2 } as const;

/** What a GPU is measured with. */
export const workloads: readonly Workload[] = [
  { model: 't5Small', batch: 32, ...step },
  { model: 't5Base', batch: 32, ...step },
  { model: 'smollm2', batch: 32, ...step },
  { model: 'llama1b', batch: 16, ...step },
];

/** Two layers, for a software device: whether everything runs, not how fast. */
export const tinyWorkloads: readonly Workload[] = [
  { model: 't5Tiny', batch: 2, tokens: 12, promptLength: 4, targetTokens: 2 },
  { model: 'llamaTiny', batch: 2, tokens: 12, promptLength: 4, targetTokens: 2 },
];
