import { runRecordSchema } from '../../extension/protocol/run';
import type { RunRecord, RunStatus } from '../../extension/protocol/run';
import type { Curve, RunRow } from '../../extension/protocol/runsPanel';

/** A deterministic number between 0 and 1 for a whole number. */
function noise(seed: number): number {
  const x = Math.sin(seed * 127.1 + 311.7) * 43758.5453;
  return x - Math.floor(x);
}

export interface RowOptions {
  readonly record?: { readonly [Field in keyof RunRecord]?: RunRecord[Field] | undefined };
  readonly marks?: RunRow['marks'];
  readonly colour?: number;
  readonly loss?: number | undefined;
  readonly stopping?: boolean;
}

/** A run as the host would send it: the first is the newest. Records are held against the schema of run.json. */
export function runRow(index: number, options: RowOptions = {}): RunRow {
  const status: RunStatus = options.record?.status ?? 'finished';
  const id = options.record?.id ?? `20261123-${String(100000 - index)}`;
  const step = status === 'finished' ? 300 : 120;
  const dev = 0.5 + 0.3 * noise(index);
  const record = runRecordSchema.parse({
    format: 1,
    id,
    name: `topics-quick-${index}`,
    status,
    createdAt: new Date(Date.UTC(2026, 10, 23, 9, 0) - index * 3_600_000).toISOString(),
    seconds: 96 + index,
    experiment: {
      model: 'bundled',
      data: { train: 'topics.jsonl', split: { train: 0.8, dev: 0.1, test: 0.1, seed: 0, stratified: true } },
      task: {
        template: 'text: {text} topic:',
        label: { column: 'topic', words: { animal: 'animal', food: 'food', plant: 'plant', body: 'body' } },
        maxTokens: 128,
      },
      prompt: { length: 20, initialiser: 'class-labels', topTokens: 5000 },
      training: {
        preset: 'quick',
        optimizer: { name: 'adafactor', learningRate: 0.3 },
        schedule: { name: 'constant' },
        steps: 300,
        batchSize: 32,
        evaluateEvery: 30,
        checkpointEvery: 30,
        patience: 4,
        metric: 'accuracy',
        seed: index,
      },
      executionProvider: 'auto',
    },
    experimentFile: '/workspace/topics.tune.json',
    baseFolder: '/workspace',
    data: {
      files: [{ path: '/workspace/topics.jsonl', sha256: 'a3'.repeat(32), rows: 4000 }],
      rows: { train: 3200, dev: 400, test: 400 },
      rejected: 3,
      truncated: 0.0125,
      tokens: { median: 24, p95: 61, longest: 143 },
    },
    model: {
      name: 'studio-30m',
      folder: '/model',
      architecture: 'llama',
      parameters: 29_874_816,
      width: 576,
      vocabulary: 16_384,
      sha256: '5b'.repeat(32),
      ...(status === 'finished' ? { sha256After: '5b'.repeat(32) } : {}),
    },
    provider: {
      used: 'cpu',
      device: '2 threads',
      rejected: [
        { provider: 'cuda', reason: 'the CUDA libraries are not installed' },
        { provider: 'webgpu', reason: 'no graphics adapter was found' },
      ],
    },
    step,
    totalSteps: 300,
    best: { step: Math.min(step, 240), metric: 'accuracy', value: dev + 0.02 },
    last: { step },
    dev: { accuracy: dev, 'macro-f1': dev - 0.01, loss: 1.6 - dev },
    ...(status === 'finished'
      ? {
          test: { accuracy: dev - 0.01 },
          baselines: [{ name: '4-shot text prompt', scores: { accuracy: 0.34 } }],
          endedAt: new Date(Date.UTC(2026, 10, 23, 9, 2) - index * 3_600_000).toISOString(),
          reason: 'All 300 steps are done.',
        }
      : {}),
    peakMemoryBytes: 734_003_200,
    ...options.record,
  });
  const loss = 'loss' in options ? options.loss : 0.4 + noise(index + 7) * 0.4;
  return {
    record,
    marks: options.marks ?? {},
    folder: `/workspace/.prompt-runs/${id}`,
    colour: options.colour ?? index,
    ...(loss === undefined ? {} : { loss }),
    ...(options.stopping === undefined ? {} : { stopping: options.stopping }),
  };
}

/** The curve of a run up to a step: a loss that falls with noise, and a look at the dev split every 30 steps. */
export function curveOf(row: RunRow, steps = row.record.step): Curve {
  const seed = row.colour + 1;
  const all = Array.from({ length: steps }, (_, index) => index + 1);
  return {
    id: row.record.id,
    steps: all,
    loss: all.map(
      (step) => 0.35 + 0.04 * (seed % 5) + 1.9 * Math.exp(-step / (40 + 8 * (seed % 7))) + 0.22 * noise(step * seed),
    ),
    evaluations: all
      .filter((step) => step % 30 === 0)
      .map((step) => {
        const accuracy = Math.min(
          0.98,
          0.2 + (0.45 + 0.03 * (seed % 6)) * (1 - Math.exp(-step / 70)) + 0.03 * noise(step + seed),
        );
        return {
          step,
          split: 'dev' as const,
          scores: { accuracy, 'macro-f1': accuracy - 0.012, loss: 1.6 - accuracy },
        };
      }),
  };
}

/** Runs as a working person has them: one live, others in every status, a pin, notes. */
export function typicalRows(): readonly RunRow[] {
  return [
    runRow(0, { record: { name: 'topics-quick', status: 'running' } }),
    runRow(1, { record: { name: 'amazon-paper' }, marks: { pinned: true, note: 'best so far, label init' } }),
    runRow(2, {
      record: {
        name: 'amazon-adamw-long-name-that-does-not-fit',
        status: 'failed',
        reason:
          'reviews.csv:218: label "postive" is not one of the labels "positive", "negative". Correct the row, or add the label to "labels" in reviews.tune.json.',
        step: 0,
        best: undefined,
        last: undefined,
        dev: undefined,
        provider: undefined,
      },
      loss: undefined,
    }),
    runRow(3, { record: { name: 'imdb-quick', status: 'stopped', reason: 'Stopped by a person after step 120.' } }),
    runRow(4, {
      record: { name: 'topics-random-init', status: 'interrupted' },
      marks: { note: 'laptop went to sleep' },
    }),
    runRow(5, { record: { name: 'yelp-quick' } }),
    runRow(6, { record: { name: 'topics-seed-2' }, marks: { note: 'seed 2' } }),
    runRow(7, { record: { name: 'topics-seed-3' } }),
  ];
}
