import * as z from 'zod/mini';
import { type ExecutionProvider, taskSchema } from './experiment';

/**
 * An evaluation on disk: what prompts and baselines of one frozen model say about the rows of some data sets. A folder with
 * - `evaluation.json`      the {@link EvaluationRecord}
 * - `examples.jsonl`       one {@link ExampleLine} a row, written once at the beginning
 * - `predictions.jsonl`    one {@link PredictionLine} a predictor and row, only appended to; a later line replaces an earlier one of the same two
 *
 * `.prompt-runs/evaluations/<id>/` holds what a person asked for; `<run>/evaluations/dev/` and `/test/` are written while a run
 * tunes, their predictors being its checkpoints.
 */

/** How a prediction is made: the most likely of the label words, or what the model writes by itself. */
export const evaluationMethods = ['rank', 'generate'] as const;
export type EvaluationMethod = (typeof evaluationMethods)[number];

export const baselineNames = ['majority', 'zero-shot', 'few-shot'] as const;
export type BaselineName = (typeof baselineNames)[number];

const parts = ['all', 'test', 'dev'] as const;

/** Most rows of one data set. More would say nothing new: at 200,000 the 95 % interval of an accuracy is 0.4 points wide. */
export const mostEvaluatedRows = 200_000;

/** What a person asked for; with it an evaluation that was left can go on. Paths are absolute. */
export const evaluationRequestSchema = z.object({
  datasets: z.array(
    z.object({
      file: z.string(),
      /** Default: the test part where one of the prompts has learned from this file, otherwise all rows. */
      part: z.optional(z.enum(parts)),
      /** Default: the task of the first prompt that is a run, fitted to the columns and labels of this file. */
      task: z.optional(taskSchema),
    }),
  ),
  /** Run folders (their best checkpoint is meant), checkpoint or adapter folders, prompt files. May be empty where there are baselines. */
  prompts: z.array(z.string()),
  /** As an experiment names it. Default: the model that the first prompt was made for. */
  model: z.optional(z.string()),
  /** Where relative model names start from. */
  baseFolder: z.string(),
  name: z.optional(z.string()),
  /** Also the vote and the mean of all prompts. */
  ensemble: z.boolean(),
  baselines: z.array(z.enum(baselineNames)),
  /** Demonstrations k of few-shot prompts, and how many seeds draw them. */
  shots: z.int(),
  fewShotSeeds: z.int(),
  /** Template of the text prompts; default: the task's own. */
  textPrompt: z.optional(z.string()),
  /** Where demonstrations come from; default: the training part of the first run. */
  train: z.optional(z.string()),
  method: z.enum(evaluationMethods),
  /** `grid`: every predictor on every data set; `own`: the n-th prompt on the n-th data set only, rows of all tasks in one batch. */
  assignment: z.enum(['grid', 'own']),
  seed: z.int(),
  /** At most this many rows of each data set, drawn by the seed. */
  sample: z.optional(z.int()),
  /** Only these rows of each data set, as the readers count; for looking again at the ones that were wrong. */
  rows: z.optional(z.array(z.array(z.int()))),
});
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>;

export interface EvaluateJob {
  readonly kind: 'evaluate';
  readonly request: EvaluationRequest;
  /** Folder that holds the runs, absolute; evaluations lie in its `evaluations`. */
  readonly runsFolder: string;
  /** Go on with this evaluation folder (absolute) instead of starting one; `request` is then the one of its record. */
  readonly resume?: string;
  readonly executionProvider: ExecutionProvider;
}

const predictor = z.object({
  /** Short, unique in the evaluation: "prompt-1", "few-shot-3", "vote". */
  id: z.string(),
  kind: z.enum(['prompt', 'vote', 'mean', ...baselineNames]),
  /** As a person reads it. */
  name: z.string(),
  /** Prompt: what was read, absolute, the SHA-256 of its numbers, and its number of virtual tokens. */
  path: z.optional(z.string()),
  sha256: z.optional(z.string()),
  length: z.optional(z.int()),
  /** Prompt of a run: the step of the checkpoint, and SHA-256 of the file it learned from. */
  step: z.optional(z.int()),
  trainedOn: z.optional(z.string()),
  /** Text prompt: its template, demonstrations on average, and the seed that drew them. */
  template: z.optional(z.string()),
  shots: z.optional(z.number()),
  seed: z.optional(z.int()),
});
export type Predictor = z.infer<typeof predictor>;

/** Lower and upper end. Checked by hand: zod's own tuples are a kilobyte of the extension host's bundle. */
const interval = z.custom<[number, number]>(isInterval);
/** Metric name -> value. Fractions 0 to 1; losses in nats. */
const scores = z.record(z.string(), z.number());

const reliabilityBin = z.object({
  from: z.number(),
  to: z.number(),
  count: z.int(),
  confidence: z.number(),
  accuracy: z.number(),
});

const result = z.object({
  /** Index in `datasets`. */
  dataset: z.int(),
  predictor: z.string(),
  rows: z.int(),
  scores,
  /** 95 % bootstrap interval of a metric, where it has one. */
  intervals: z.record(z.string(), interval),
  /** Classification: one entry a class, in the order of the data set's classes. */
  classes: z.optional(
    z.array(z.object({ precision: z.number(), recall: z.number(), f1: z.number(), support: z.int() })),
  ),
  /** Target x prediction; the last column counts outputs that are none of the classes. */
  confusion: z.optional(z.array(z.array(z.int()))),
  reliability: z.optional(z.array(reliabilityBin)),
  /** Ensembles: mean share of members that disagree with the majority. */
  disagreement: z.optional(z.number()),
});
export type Result = z.infer<typeof result>;

const comparison = z.object({
  dataset: z.int(),
  /** Predictor ids; `difference` is `score(a) - score(b)`, over the same rows. */
  a: z.string(),
  b: z.string(),
  metric: z.string(),
  difference: z.number(),
  interval,
  /** Exact McNemar test where the metric counts right rows; otherwise absent and the interval decides. */
  p: z.optional(z.number()),
});
export type Comparison = z.infer<typeof comparison>;

export const evaluationRecordSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  /** `interrupted` is never written: it is how `running` reads when its process is gone. */
  status: z.enum(['running', 'finished', 'stopped', 'failed', 'interrupted']),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  endedAt: z.optional(z.string()),
  reason: z.optional(z.string()),
  process: z.optional(z.object({ pid: z.int(), startedAt: z.string() })),
  /** Seconds of scoring so far, over all its processes. */
  seconds: z.number(),
  provider: z.optional(z.string()),
  model: z.object({
    name: z.string(),
    folder: z.string(),
    architecture: z.string(),
    parameters: z.int(),
    sha256: z.string(),
    /** D, the width of its embeddings. */
    width: z.optional(z.int()),
    /** Bytes of its weights on disk. */
    bytes: z.optional(z.number()),
  }),
  datasets: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      sha256: z.string(),
      /** The rows that are evaluated: all that can be used, the run's own test part, or a sample. */
      part: z.enum(parts),
      rows: z.int(),
      task: taskSchema,
      /** Label words, in the order of class numbers; absent for free text. */
      classes: z.optional(z.array(z.string())),
      /** Rows that could not be used, `row` counted as the readers do; at most 1,000 are listed. */
      rejected: z.array(z.object({ row: z.int(), reason: z.string() })),
      rejectedCount: z.int(),
    }),
  ),
  /** Absent where a run wrote it while it tuned. */
  request: z.optional(evaluationRequestSchema),
  predictors: z.array(predictor),
  results: z.array(result),
  comparisons: z.array(comparison),
  rowsPerSecond: z.optional(z.number()),
  /** What a person should know, in sentences: rows a prompt has learned from are among those evaluated, and the like. */
  remarks: z.array(z.string()),
});
export type EvaluationRecord = z.infer<typeof evaluationRecordSchema>;

export const exampleLineSchema = z.object({
  /** Index in `datasets`, and number of the example in the evaluation, from 0, over all data sets. */
  dataset: z.int(),
  example: z.int(),
  /** Where the row stands in its file, as the readers count: the line, where the format has lines. */
  row: z.int(),
  input: z.string(),
  /** Label words or target text. */
  target: z.string(),
});
export type ExampleLine = z.infer<typeof exampleLineSchema>;

export const predictionLineSchema = z.object({
  predictor: z.string(),
  example: z.int(),
  /** log p(target | input), nats, over its tokens; absent where nothing gives the target a probability. */
  logProbability: z.optional(z.number()),
  tokens: z.optional(z.int()),
  /** Whether greedy decoding produces exactly the target. */
  exact: z.optional(z.boolean()),
  /** Classification: label words of the predicted class; null for an output that is none of them. */
  predicted: z.optional(z.nullable(z.string())),
  /** Probability of each class, in their order. */
  probabilities: z.optional(z.array(z.number())),
  /** What the model wrote, where it generated. */
  text: z.optional(z.string()),
});
export type PredictionLine = z.infer<typeof predictionLineSchema>;

function isInterval(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === 'number');
}
