import * as z from 'zod/mini';
import { executionProviders, experimentSchema, promptPositions } from './experiment';
import { findingSchema } from './findingSchema';

/**
 * A run on disk: `.prompt-runs/<id>/run.json` (this record), `metrics.jsonl` (one {@link JournalEntry} a line),
 * `checkpoints/step-NNNNNN/`, `marks.json` (what a person adds: note, pin), `run.log`.
 * The trainer writes everything but `marks.json`; the editor writes only `marks.json`.
 */

/** `interrupted` is never written: it is how a `running` record reads whose process is gone. */
export const runStatuses = ['running', 'finished', 'stopped', 'failed', 'interrupted'] as const;
export type RunStatus = (typeof runStatuses)[number];

const providerChoice = z.object({
  used: z.enum(executionProviders),
  /** Name of the adapter or device, where the provider tells one. */
  device: z.optional(z.string()),
  /** Whether it computes with 16-bit floats, where that was looked at. */
  float16: z.optional(z.boolean()),
  /** Providers that were looked at and not taken, with the reason in words. */
  rejected: z.array(z.object({ provider: z.enum(executionProviders), reason: z.string() })),
});
export type ProviderChoice = z.infer<typeof providerChoice>;

/** Forms in which a prompt may come from elsewhere: PEFT's adapter, one matrix as safetensors, one matrix as numpy's `.npy`. */
export const importedFormats = ['peft', 'safetensors', 'npy'] as const;
export type ImportedFormat = (typeof importedFormats)[number];

/** How a prompt to start from was brought to the length of the run's: taken whole, cut behind it, or repeated. */
const fills = ['whole', 'cut', 'repeated'] as const;

const scores = z.record(z.string(), z.number());
/** Metric name ("accuracy", "macro-f1", "exact-match", "loss") -> value; fractions between 0 and 1, loss in nats a target token. */
export type Scores = z.infer<typeof scores>;

export const runRecordSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  status: z.enum(runStatuses),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  endedAt: z.optional(z.string()),
  /** Seconds of training so far, over all its processes. */
  seconds: z.number(),
  /** The experiment with every default filled in, frozen at the start; a run that was imported has none. */
  experiment: z.optional(experimentSchema),
  /** The file the experiment came from, absolute; its folder is what relative paths start from. */
  experimentFile: z.optional(z.string()),
  baseFolder: z.string(),
  /** For a prompt that was learned elsewhere: the file or folder it came from, the form it had, its length in virtual tokens, and where it stands. */
  imported: z.optional(
    z.object({
      from: z.string(),
      format: z.enum(importedFormats),
      length: z.int(),
      position: z.optional(z.enum(promptPositions)),
    }),
  ),
  /** For a run that starts from another prompt: its path, name, length, and the SHA-256 of its numbers (float32, little-endian). */
  startedFrom: z.optional(
    z.object({ from: z.string(), name: z.string(), length: z.int(), sha256: z.string(), fill: z.enum(fills) }),
  ),
  process: z.optional(z.object({ pid: z.int(), startedAt: z.string() })),
  data: z.optional(
    z.object({
      files: z.array(z.object({ path: z.string(), sha256: z.string(), rows: z.int() })),
      rows: z.object({ train: z.int(), dev: z.int(), test: z.int() }),
      rejected: z.int(),
      truncated: z.number(),
      tokens: z.object({ median: z.number(), p95: z.number(), longest: z.number() }),
    }),
  ),
  model: z.optional(
    z.object({
      name: z.string(),
      folder: z.string(),
      architecture: z.string(),
      parameters: z.int(),
      width: z.int(),
      vocabulary: z.int(),
      /** SHA-256 of the frozen weights before the first step, and after the last one. */
      sha256: z.string(),
      sha256After: z.optional(z.string()),
    }),
  ),
  provider: z.optional(providerChoice),
  step: z.int(),
  totalSteps: z.int(),
  best: z.optional(z.object({ step: z.int(), metric: z.string(), value: z.number() })),
  last: z.optional(z.object({ step: z.int() })),
  dev: z.optional(scores),
  test: z.optional(scores),
  /** What the data check found before the first step, the weightiest first, with a few rows each. */
  findings: z.optional(z.array(findingSchema)),
  /** Text prompts on the same frozen model and test split, where they were asked for. */
  baselines: z.optional(z.array(z.object({ name: z.string(), scores }))),
  /** Why it ended: finished all steps, early stopping, stopped by a person, or the error in words. */
  reason: z.optional(z.string()),
  peakMemoryBytes: z.optional(z.number()),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

export const marksSchema = z.object({
  note: z.optional(z.string()),
  pinned: z.optional(z.boolean()),
  name: z.optional(z.string()),
});
export type Marks = z.infer<typeof marksSchema>;

export const journalEntrySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('step'),
    step: z.int(),
    /** Mean negative log-likelihood of the batch, nats a target token. */
    loss: z.number(),
    gradientNorm: z.number(),
    promptNorm: z.number(),
    learningRate: z.number(),
    /** Seconds of this step. */
    seconds: z.number(),
    tokens: z.int(),
  }),
  z.object({
    type: z.literal('evaluation'),
    step: z.int(),
    split: z.enum(['dev', 'test']),
    scores,
    seconds: z.number(),
  }),
  z.object({ type: z.literal('checkpoint'), step: z.int(), folder: z.string(), best: z.boolean() }),
]);
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** A run as the editor shows it: the record as read (status already checked against the process), what a person added, and its place. */
export interface Run {
  readonly record: RunRecord;
  readonly marks: Marks;
  readonly folder: string;
}
