import * as z from 'zod/mini';

/**
 * An experiment: everything that decides what a run learns. It is the content of a `NAME.tune.json` file, written by the
 * palette's questions, by hand, or by a program; the JSON schema that the extension contributes is made from this file.
 *
 * Paths are relative to the experiment file. Token counts are tokens of the frozen model's own tokenizer.
 * Defaults are set in presets.ts, and the JSON schema tells them from there.
 */

/** What the editor shows and offers for a field: JSON schema annotations. */
interface Help {
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: unknown[];
  /** One a value of an enumeration, in its order; VS Code shows them beside the values. */
  readonly enumDescriptions?: readonly string[];
}
function required<T extends z.ZodMiniType>(schema: T, help: Help): T {
  return schema.check(z.meta({ ...help }));
}
function optional<T extends z.ZodMiniType>(schema: T, help: Help): z.ZodMiniOptional<T> {
  return z.optional(required(schema, help));
}

const text = z.string().check(z.minLength(1));
const count = z.int().check(z.gte(1));
const natural = z.int().check(z.gte(0));
const fraction = z.number().check(z.gte(0), z.lte(1));
const positive = z.number().check(z.gt(0));
const notNegative = z.number().check(z.gte(0));

const split = z.strictObject({
  train: required(fraction, { description: 'Share of the rows that the prompt is learned from.' }),
  dev: required(fraction, { description: 'Share of the rows that choose the best checkpoint.' }),
  test: required(fraction, {
    description: 'Share of the rows that are only looked at once, at the end.',
  }),
  seed: optional(natural, { description: 'Seed of the split.' }),
  stratified: optional(z.boolean(), {
    description: 'Keep the share of each label the same in every part.',
  }),
});

const data = z.strictObject({
  train: required(text, {
    description: 'Data set file: .jsonl, .json, .csv, .tsv or .parquet.',
    examples: ['reviews.jsonl'],
  }),
  dev: optional(text, { description: 'Own file for the dev split; otherwise it is cut from the training file.' }),
  test: optional(text, { description: 'Own file for the test split; otherwise it is cut from the training file.' }),
  split: optional(
    split.check(
      z.refine(({ train, dev, test }) => Math.abs(train + dev + test - 1) < 1e-6, {
        message: 'the shares train, dev and test add up to 1',
      }),
    ),
    {
      description:
        'How one file is cut into train, dev and test. Rows with the same text never land in different parts.',
    },
  ),
  limit: optional(count, {
    description: 'Use at most this many training rows (seeded choice that keeps the share of each label).',
  }),
});

export const labelScorings = ['sum', 'mean'] as const;
const label = z.strictObject({
  column: required(text, { description: 'Column that holds the label.', examples: ['label'] }),
  words: required(z.record(z.string(), text), {
    description:
      'Label value -> label words that the frozen model is to predict. Values with the same words are one class.',
    examples: [{ '0': 'negative', '1': 'positive' }],
  }),
  scoring: optional(z.enum(labelScorings), {
    description: 'By what the likeliest label words are chosen, in every evaluation. Default: sum.',
    enumDescriptions: [
      'Sum of the log-probabilities of their tokens, which is the probability of the words.',
      'Mean of them, so that longer label words are not at a disadvantage.',
    ],
  }),
});

/** How a row becomes text; part of an experiment and of an evaluation. */
export const taskSchema = z
  .strictObject({
    template: required(text, {
      description: 'Input text with {column} placeholders; {{ and }} stand for single braces.',
      examples: ['review: {text} sentiment:'],
    }),
    label: optional(label, {
      description: 'Classification: the label column and the words that stand for each value.',
    }),
    target: optional(text, { description: 'Free text: the column whose text is to be produced.' }),
    maxTokens: optional(count, {
      description: 'Longest input in tokens; longer ones lose the end of their longest column, never the label.',
    }),
  })
  .check(
    z.refine((value) => (value.label === undefined) !== (value.target === undefined), {
      message: 'give either "label" (classification) or "target" (free text), not both and not neither',
    }),
  );

export const initialisers = ['class-labels', 'sampled-vocabulary', 'random-uniform', 'text'] as const;
export const promptPositions = ['prefix', 'suffix'] as const;
const prompt = z.strictObject({
  position: optional(z.enum(promptPositions), {
    description: 'Where the prompt stands.',
    enumDescriptions: [
      'In front of the input text, as in the paper and in PEFT.',
      'Behind the input text, in front of the label: decoder-only models read each text once, and a step computes prompt and label only. PEFT cannot use such a prompt.',
    ],
  }),
  length: optional(count, { description: 'Number of virtual tokens, P.' }),
  initialiser: optional(z.enum(initialisers), {
    description:
      'Start of the prompt (Lester et al. 2021, section 3.2). Default: class-labels, or sampled-vocabulary for free text.',
    enumDescriptions: [
      'The embeddings of the label words (the mean over their tokens), the rest sampled from the vocabulary.',
      'The embeddings of tokens drawn from the first of the vocabulary.',
      'Random numbers of a uniform distribution around 0.',
      'The embeddings of the tokens of a text.',
    ],
  }),
  text: optional(text, { description: 'Text of the "text" initialiser, repeated to the length of the prompt.' }),
  range: optional(positive, { description: 'Half width of the uniform initialiser.' }),
  topTokens: optional(count, {
    description: 'How many of the first vocabulary ids are sampled from.',
  }),
});

const learningRate = required(positive, { description: 'Learning rate at its highest.', examples: [0.03, 0.3] });
const optimizer = z.discriminatedUnion('name', [
  z.strictObject({
    name: required(z.literal('adafactor'), { description: 'The optimiser of the paper.' }),
    learningRate,
    weightDecay: optional(notNegative, {
      description: 'Weight decay a step, not multiplied by the learning rate.',
    }),
    decayRate: optional(positive, { description: 'Exponent of the second moment.' }),
    clippingThreshold: optional(positive, { description: 'RMS clip of an update.' }),
    stepOrigin: optional(natural, {
      description: 'Step the second moment counts from: 0, or 1100000 as the released code continues from its model.',
    }),
  }),
  z.strictObject({
    name: required(z.literal('adamw'), { description: 'Adam with decoupled weight decay.' }),
    learningRate,
    weightDecay: optional(notNegative, { description: 'Decoupled weight decay.' }),
    beta1: optional(fraction, { description: 'Decay of the first moment.' }),
    beta2: optional(fraction, { description: 'Decay of the second moment.' }),
    epsilon: optional(positive, { description: 'Added to the root of the second moment.' }),
  }),
  z.strictObject({
    name: required(z.literal('sgd'), { description: 'Stochastic gradient descent with momentum.' }),
    learningRate,
    momentum: optional(fraction, { description: 'Share of the last update that is kept.' }),
    nesterov: optional(z.boolean(), { description: 'Look ahead along the momentum.' }),
  }),
]);

export const schedules = ['constant', 'warm-up', 'linear', 'cosine'] as const;
const schedule = z.strictObject({
  name: required(z.enum(schedules), {
    description: 'How the learning rate moves over the steps.',
    enumDescriptions: [
      'Always the full learning rate, as in the paper.',
      'Rises to the full learning rate, then stays there.',
      'Falls in a straight line to 0 at the last step.',
      'Falls along half a cosine to 0 at the last step.',
    ],
  }),
  warmUpSteps: optional(natural, {
    description: 'Steps until the full learning rate. Default: a tenth of the steps for warm-up, otherwise 0.',
  }),
});

export const presets = ['quick', 'paper', 'custom'] as const;
const classMetrics: readonly string[] = ['accuracy', 'macro-f1'];
export const metrics = ['accuracy', 'macro-f1', 'exact-match', 'loss'] as const;
const training = z.strictObject({
  preset: optional(z.enum(presets), {
    description: 'Values for everything not given here.',
    enumDescriptions: [
      'A few minutes on two processor cores with the bundled model.',
      'The recipe of Lester et al. 2021; made for large models and a GPU.',
      'What the file says; what it does not say is as in quick.',
    ],
  }),
  optimizer: optional(optimizer, {
    description: 'How the gradient moves the prompt.',
  }),
  schedule: optional(schedule, { description: 'How the learning rate moves over the steps.' }),
  steps: optional(count, { description: 'Most optimiser steps.' }),
  batchSize: optional(count, { description: 'Examples in an optimiser step.' }),
  microBatchTokens: optional(count, {
    description:
      'Most tokens (prompt included) in one pass; a batch is cut into such micro-batches, with the same result.',
  }),
  gradientClipping: optional(positive, { description: 'Largest norm of the prompt gradient. Default: none.' }),
  evaluateEvery: optional(count, { description: 'Steps between two looks at the dev split.' }),
  checkpointEvery: optional(count, { description: 'Steps between two checkpoints. Default: at every evaluation.' }),
  patience: optional(natural, {
    description: 'Evaluations without a better one before tuning stops; 0 never stops early.',
  }),
  metric: optional(z.enum(metrics), {
    description: 'What the best checkpoint is chosen by. Default: accuracy, or loss for free text.',
    enumDescriptions: [
      'Share of the examples with the right class.',
      'Mean over the classes of F1, every class counting the same.',
      'Share of the targets that the model would write token by token.',
      'Mean negative log-likelihood of the right targets, nats a token; the lower the better.',
    ],
  }),
  seed: optional(natural, { description: 'Seed of the initialiser and of the data order.' }),
});

export const precisions = ['float32', 'float16'] as const;
export const frozenWeights = ['stored', 'int4'] as const;
export const executionProviders = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;

const experiment = required(
  z.strictObject({
    $schema: optional(z.string(), { description: 'Address of this schema, for other editors.' }),
    name: optional(text, { description: 'Name of its runs. Default: the name of the file.' }),
    model: required(text, {
      description:
        '"bundled", a folder with config.json, tokenizer.json and safetensors, a .gguf file, or organisation/name of a model downloaded from the hub.',
      default: 'bundled',
    }),
    frozenWeights: optional(z.enum(frozenWeights), {
      description: 'How the weights of the frozen model are held while it runs.',
      enumDescriptions: [
        'As the model has them.',
        'Those of linear maps in 4 bits: less memory, slower steps, and a slightly different model.',
      ],
    }),
    precision: optional(z.enum(precisions), {
      description: 'What the model computes in. The prompt and its optimiser always have float32 or more.',
      enumDescriptions: [
        'float32, whatever the weights are stored as.',
        'float16 with loss scaling: half the memory, for GPUs that have 16-bit floats. Norms, softmax of the logits and loss stay in float32.',
      ],
    }),
    data: required(data, { description: 'Where the labelled examples come from.' }),
    task: required(taskSchema, { description: 'How a row becomes an input text and a target text.' }),
    prompt: optional(prompt, { description: 'The soft prompt.' }),
    training: optional(training, { description: 'How the prompt is learned.' }),
    executionProvider: optional(z.enum(executionProviders), {
      description: 'Where the model runs. Default: the setting, or auto.',
      enumDescriptions: [
        'A GPU where there is one, otherwise the processor.',
        'The processor.',
        'Any GPU, through WebGPU.',
        'An NVIDIA GPU, through CUDA.',
        'Any GPU on Windows, through DirectML.',
        'The GPU and the neural engine of a Mac, through Core ML.',
      ],
    }),
  }),
  { description: 'A Soft Prompt Studio experiment.' },
);

/** What no single field can say: fields that need or exclude one another. */
export const experimentSchema = experiment.check(
  z.refine(({ prompt }) => prompt?.initialiser !== 'text' || prompt.text !== undefined, {
    path: ['prompt', 'text'],
    message: 'the "text" initialiser needs the text to start from',
  }),
  z.refine(({ prompt, task }) => prompt?.initialiser !== 'class-labels' || task.label !== undefined, {
    path: ['prompt', 'initialiser'],
    message: 'free text has no class labels to start from; take "sampled-vocabulary", "random-uniform" or "text"',
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
