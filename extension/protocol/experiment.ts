import * as z from 'zod';

/**
 * An experiment: everything that decides what a run learns. It is the content of a `NAME.tune.json` file, written by the
 * palette's questions, by hand, or by a program; the JSON schema that the extension contributes is made from this file.
 *
 * Paths are relative to the experiment file. Token counts are tokens of the frozen model's own tokenizer.
 */

const path = z.string().min(1);
const count = z.int().min(1);
const fraction = z.number().min(0).max(1);

const split = z
  .strictObject({
    train: fraction.describe('Share of the rows that the prompt is learned from.'),
    dev: fraction.describe('Share of the rows that choose the best checkpoint.'),
    test: fraction.describe('Share of the rows that are only looked at once, at the end.'),
    seed: z.int().min(0).optional().describe('Seed of the split. Default 0.'),
    stratified: z.boolean().optional().describe('Keep the share of each label the same in every part. Default true.'),
  })
  .describe('How one file is cut into train, dev and test. Rows with the same text never land in different parts.');

const data = z
  .strictObject({
    train: path.describe('Data set file: .jsonl, .json, .csv, .tsv or .parquet.'),
    dev: path.optional().describe('Own file for the dev split; otherwise it is cut from the training file.'),
    test: path.optional().describe('Own file for the test split; otherwise it is cut from the training file.'),
    split: split.optional(),
    limit: count.optional().describe('Use at most this many training rows (seeded choice), for few-shot experiments.'),
  })
  .describe('Where the labelled examples come from.');

const task = z
  .strictObject({
    template: z.string().min(1).describe('Input text with {column} placeholders, such as "review: {text} sentiment:".'),
    label: z
      .strictObject({
        column: z.string().min(1).describe('Column that holds the label.'),
        words: z
          .record(z.string(), z.string().min(1))
          .describe('Label value -> label words that the frozen model is to predict.'),
      })
      .optional()
      .describe('Classification: the label column and the words that stand for each value.'),
    target: z.string().min(1).optional().describe('Free text: the column whose text is to be produced.'),
    maxTokens: count
      .optional()
      .describe(
        'Longest input in tokens; longer ones lose the end of their longest column, never the label. Default 128.',
      ),
  })
  .refine((value) => (value.label === undefined) !== (value.target === undefined), {
    message: 'give either "label" (classification) or "target" (free text), not both and not neither',
  })
  .describe('How a row becomes an input text and a target text.');

export const initialisers = ['class-labels', 'sampled-vocabulary', 'random-uniform', 'text'] as const;
const prompt = z
  .strictObject({
    length: count.optional().describe('Number of virtual tokens, P.'),
    initialiser: z.enum(initialisers).optional().describe('Start of the prompt (Lester et al. 2021, section 3.2).'),
    text: z.string().min(1).optional().describe('Text of the "text" initialiser.'),
    range: z.number().positive().optional().describe('Half width of the uniform initialiser. Default 0.5.'),
    topTokens: count.optional().describe('How many of the first vocabulary ids are sampled from. Default 5000.'),
  })
  .describe('The soft prompt.');

const optimizer = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('adafactor').describe('The optimiser of the paper.'),
    learningRate: z.number().positive(),
    weightDecay: z.number().min(0).optional().describe('Default 1e-5, not multiplied by the learning rate.'),
    decayRate: z.number().positive().optional().describe('Exponent of the second moment. Default 0.8.'),
    clippingThreshold: z.number().positive().optional().describe('RMS clip of an update. Default 1.'),
    stepOrigin: z
      .int()
      .min(0)
      .optional()
      .describe('Step the second moment counts from: 0, or 1100000 as the released code continues from its model.'),
  }),
  z.strictObject({
    name: z.literal('adamw'),
    learningRate: z.number().positive(),
    weightDecay: z.number().min(0).optional().describe('Decoupled weight decay. Default 0.'),
    beta1: fraction.optional().describe('Default 0.9.'),
    beta2: fraction.optional().describe('Default 0.999.'),
    epsilon: z.number().positive().optional().describe('Default 1e-8.'),
  }),
  z.strictObject({
    name: z.literal('sgd'),
    learningRate: z.number().positive(),
    momentum: fraction.optional().describe('Default 0.9.'),
    nesterov: z.boolean().optional().describe('Default false.'),
  }),
]);

export const schedules = ['constant', 'warm-up', 'linear', 'cosine'] as const;
const training = z
  .strictObject({
    preset: z
      .enum(['quick', 'paper', 'custom'])
      .optional()
      .describe('Values for everything not given here. Default quick.'),
    optimizer: optimizer.optional(),
    schedule: z
      .strictObject({
        name: z.enum(schedules),
        warmUpSteps: z.int().min(0).optional().describe('Steps until the full learning rate.'),
      })
      .optional(),
    steps: count.optional().describe('Most optimiser steps.'),
    batchSize: count.optional().describe('Examples in an optimiser step.'),
    microBatchTokens: count
      .optional()
      .describe(
        'Most tokens (prompt included) in one pass; a batch is cut into such micro-batches, with the same result.',
      ),
    gradientClipping: z.number().positive().optional().describe('Largest norm of the prompt gradient.'),
    evaluateEvery: count.optional().describe('Steps between two looks at the dev split.'),
    checkpointEvery: count.optional().describe('Steps between two checkpoints; by default at every evaluation.'),
    patience: z
      .int()
      .min(0)
      .optional()
      .describe('Evaluations without a better one before tuning stops; 0 never stops early.'),
    metric: z
      .enum(['accuracy', 'macro-f1', 'exact-match', 'loss'])
      .optional()
      .describe('What the best checkpoint is chosen by.'),
    seed: z.int().min(0).optional().describe('Seed of the initialiser and of the data order. Default 0.'),
  })
  .describe('How the prompt is learned.');

export const executionProviders = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;

export const experimentSchema = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().min(1).optional().describe('Name of its runs. Default: the name of the file.'),
    model: z.string().min(1).describe('"bundled", or a folder with config.json, tokenizer.json and safetensors.'),
    data,
    task,
    prompt: prompt.optional(),
    training: training.optional(),
    executionProvider: z
      .enum(executionProviders)
      .optional()
      .describe('Where the model runs. Default: the setting, or auto.'),
  })
  .describe('A Soft Prompt Studio experiment.');

export type Experiment = z.infer<typeof experimentSchema>;
export type Task = z.infer<typeof task>;
export type Split = Required<z.infer<typeof split>>;
export type Optimizer = z.infer<typeof optimizer>;
export type Schedule = z.infer<NonNullable<typeof training.shape.schedule>>;
export type Initialiser = (typeof initialisers)[number];
export type Metric = NonNullable<z.infer<typeof training>['metric']>;
export type ExecutionProvider = (typeof executionProviders)[number];
export type PresetName = NonNullable<z.infer<typeof training>['preset']>;
