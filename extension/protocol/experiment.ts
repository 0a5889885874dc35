import * as z from 'zod/mini';

/**
 * An experiment: everything that decides what a run learns. It is the content of a `NAME.tune.json` file, written by the
 * palette's questions, by hand, or by a program; the JSON schema that the extension contributes is made from this file and from
 * experimentHelp.ts, which says what each field is for.
 *
 * Paths are relative to the experiment file. Token counts are tokens of the frozen model's own tokenizer.
 * Defaults are set in presets.ts, and the JSON schema tells them from there.
 */

const text = z.string().check(z.minLength(1));
const count = z.int().check(z.gte(1));
const natural = z.int().check(z.gte(0));
const fraction = z.number().check(z.gte(0), z.lte(1));
const positive = z.number().check(z.gt(0));
const notNegative = z.number().check(z.gte(0));

const split = z.strictObject({
  train: fraction,
  dev: fraction,
  test: fraction,
  seed: z.optional(natural),
  stratified: z.optional(z.boolean()),
});

const data = z.strictObject({
  train: text,
  dev: z.optional(text),
  test: z.optional(text),
  split: z.optional(
    split.check(
      z.refine(({ train, dev, test }) => Math.abs(train + dev + test - 1) < 1e-6, {
        message: 'the shares train, dev and test add up to 1',
      }),
    ),
  ),
  limit: z.optional(count),
});

export const labelScorings = ['sum', 'mean'] as const;
const label = z.strictObject({
  column: text,
  words: z.record(z.string(), text),
  merge: z.optional(z.boolean()),
  scoring: z.optional(z.enum(labelScorings)),
});

/** How a row becomes text; part of an experiment and of an evaluation. */
export const taskSchema = z
  .strictObject({
    template: text,
    label: z.optional(label),
    target: z.optional(text),
    maxTokens: z.optional(count),
  })
  .check(
    z.refine((value) => (value.label === undefined) !== (value.target === undefined), {
      message: 'give either "label" (classification) or "target" (free text), not both and not neither',
    }),
  );

export const initialisers = ['class-labels', 'sampled-vocabulary', 'random-uniform', 'text', 'prompt'] as const;
export const promptPositions = ['prefix', 'suffix', 'infix'] as const;
const prompt = z.strictObject({
  position: z.optional(z.enum(promptPositions)),
  length: z.optional(count),
  initialiser: z.optional(z.enum(initialisers)),
  text: z.optional(text),
  from: z.optional(text),
  range: z.optional(positive),
  topTokens: z.optional(count),
});

const learningRate = positive;
const optimizer = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('adafactor'),
    learningRate,
    weightDecay: z.optional(notNegative),
    decayRate: z.optional(positive),
    clippingThreshold: z.optional(positive),
    stepOrigin: z.optional(natural),
  }),
  z.strictObject({
    name: z.literal('adamw'),
    learningRate,
    weightDecay: z.optional(notNegative),
    beta1: z.optional(fraction),
    beta2: z.optional(fraction),
    epsilon: z.optional(positive),
  }),
  z.strictObject({
    name: z.literal('sgd'),
    learningRate,
    momentum: z.optional(fraction),
    nesterov: z.optional(z.boolean()),
  }),
]);

export const schedules = ['constant', 'warm-up', 'linear', 'cosine'] as const;
const schedule = z.strictObject({
  name: z.enum(schedules),
  warmUpSteps: z.optional(natural),
});

export const presets = ['quick', 'paper', 'custom'] as const;
const classMetrics: readonly string[] = ['accuracy', 'macro-f1'];
export const metrics = ['accuracy', 'macro-f1', 'exact-match', 'loss'] as const;
const training = z.strictObject({
  preset: z.optional(z.enum(presets)),
  optimizer: z.optional(optimizer),
  schedule: z.optional(schedule),
  steps: z.optional(count),
  batchSize: z.optional(count),
  microBatchTokens: z.optional(count),
  gradientClipping: z.optional(positive),
  evaluateEvery: z.optional(count),
  checkpointEvery: z.optional(count),
  patience: z.optional(natural),
  metric: z.optional(z.enum(metrics)),
  seed: z.optional(natural),
});

export const precisions = ['float32', 'float16'] as const;
export const frozenWeights = ['auto', 'stored', 'int4'] as const;
export const executionProviders = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;

const experiment = z.strictObject({
  $schema: z.optional(z.string()),
  name: z.optional(text),
  model: text,
  frozenWeights: z.optional(z.enum(frozenWeights)),
  precision: z.optional(z.enum(precisions)),
  data: data,
  task: taskSchema,
  prompt: z.optional(prompt),
  training: z.optional(training),
  executionProvider: z.optional(z.enum(executionProviders)),
});

/** What no single field can say: fields that need or exclude one another. */
export const experimentSchema = experiment.check(
  z.refine(({ prompt }) => prompt?.initialiser !== 'text' || prompt.text !== undefined, {
    path: ['prompt', 'text'],
    message: 'the "text" initialiser needs the text to start from',
  }),
  z.refine(({ prompt }) => prompt?.initialiser !== 'prompt' || prompt.from !== undefined, {
    path: ['prompt', 'from'],
    message:
      'the "prompt" initialiser needs "from": the run, checkpoint, adapter folder, .npy or .safetensors file to start from',
  }),
  z.refine(({ prompt }) => prompt?.from === undefined || prompt.initialiser === 'prompt', {
    path: ['prompt', 'from'],
    message: '"from" is only for the "prompt" initialiser; add "initialiser": "prompt" to start from that prompt',
  }),
  z.refine(({ prompt, task }) => prompt?.initialiser !== 'class-labels' || task.label !== undefined, {
    path: ['prompt', 'initialiser'],
    message:
      'free text has no class labels to start from; take "sampled-vocabulary", "random-uniform", "text" or "prompt"',
  }),
  z.refine(({ training, task }) => !classMetrics.includes(training?.metric ?? 'loss') || task.label !== undefined, {
    path: ['training', 'metric'],
    message: 'free text has no classes; take "exact-match" or "loss"',
  }),
);

export type Experiment = z.infer<typeof experimentSchema>;
export type Task = z.infer<typeof taskSchema>;
type Given<T> = { readonly [Field in keyof T]-?: Exclude<T[Field], undefined> };
export type Split = Given<z.infer<typeof split>>;
export type Optimizer = z.infer<typeof optimizer>;
export type Schedule = z.infer<typeof schedule>;
export type PromptPosition = (typeof promptPositions)[number];
export type Initialiser = (typeof initialisers)[number];
export type Metric = (typeof metrics)[number];
export type Precision = (typeof precisions)[number];
export type FrozenWeights = (typeof frozenWeights)[number];
export type ExecutionProvider = (typeof executionProviders)[number];
export type PresetName = (typeof presets)[number];
