/** A model of random weights and the batch that it is tuned with. */
export interface Workload {
  readonly name: string;
  /** Which configuration torch_side.py makes. */
  readonly shape: string;
  readonly batch: number;
  /** Input tokens of each example, without the prompt. */
  readonly tokens: number;
  readonly promptLength: number;
}

/** What a GPU is measured with. */
export const workloads: readonly Workload[] = [
  { name: 'T5 v1.1 small', shape: 't5-small', batch: 32, tokens: 64, promptLength: 20 },
  { name: 'T5 v1.1 base', shape: 't5-base', batch: 32, tokens: 64, promptLength: 20 },
  { name: 'SmolLM2-135M', shape: 'smollm2-135m', batch: 32, tokens: 64, promptLength: 20 },
  { name: 'Llama, 1.2 B', shape: 'llama-1b', batch: 16, tokens: 64, promptLength: 20 },
];

/** Two layers, for a software device: whether everything runs, not how fast. */
export const tinyWorkloads: readonly Workload[] = [
  { name: 'T5, tiny', shape: 't5-tiny', batch: 2, tokens: 12, promptLength: 4 },
  { name: 'Llama, tiny', shape: 'llama-tiny', batch: 2, tokens: 12, promptLength: 4 },
];
