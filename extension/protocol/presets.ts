import type {
  Experiment,
  FrozenWeights,
  Initialiser,
  Metric,
  Optimizer,
  Precision,
  PresetName,
  PromptPosition,
  Schedule,
  Split,
  Task,
} from './experiment';

/** An experiment in which nothing is left open: what a run does and what its record keeps. */
export interface ResolvedExperiment extends Experiment {
  readonly name: string;
  readonly frozenWeights: FrozenWeights;
  /** Runs of before there was a choice have none: float32. */
  readonly precision?: Precision | undefined;
  readonly data: Omit<Experiment['data'], 'split'> & { readonly split: Split };
  readonly task: Task & { readonly maxTokens: number };
  readonly prompt: {
    readonly position: PromptPosition;
    readonly length: number;
    readonly initialiser: Initialiser;
    readonly text?: string | undefined;
    readonly from?: string | undefined;
    readonly range: number;
    readonly topTokens: number;
  };
  readonly training: {
    readonly preset: PresetName;
    readonly optimizer: ResolvedOptimizer;
    readonly schedule: ResolvedSchedule;
    readonly steps: number;
    readonly batchSize: number;
    readonly microBatchTokens: number;
    readonly gradientClipping?: number | undefined;
    readonly evaluateEvery: number;
    readonly checkpointEvery: number;
    readonly patience: number;
    readonly metric: Metric;
    readonly seed: number;
  };
}
type Complete<T> = T extends unknown ? { readonly [Field in keyof T]-?: Exclude<T[Field], undefined> } : never;
export type ResolvedOptimizer = Complete<Optimizer>;
export type ResolvedSchedule = Complete<Schedule>;

/** What a preset decides. Everything else has one default for all presets. */
export interface Preset {
  readonly promptLength: number;
  readonly maxTokens: number;
  readonly optimizer: ResolvedOptimizer;
  readonly schedule: ResolvedSchedule;
  readonly steps: number;
  readonly batchSize: number;
  readonly microBatchTokens: number;
  readonly evaluateEvery: number;
  readonly patience: number;
}

/**
 * A few minutes on two cores with the bundled model, whose embeddings are a hundredth of T5's in norm: the paper's
 * learning rate would throw a prompt far out of their space.
 */
const quick: Preset = {
  promptLength: 20,
  maxTokens: 128,
  optimizer: { name: 'adamw', learningRate: 0.03, weightDecay: 0, beta1: 0.9, beta2: 0.98, epsilon: 1e-8 },
  schedule: { name: 'linear', warmUpSteps: 10 },
  steps: 500,
  batchSize: 16,
  microBatchTokens: 1024,
  evaluateEvery: 50,
  patience: 4,
};

export const presetTable: Readonly<Record<PresetName, Preset>> = {
  quick,
  /**
   * Lester, Al-Rfou and Constant 2021, section 3.1 and appendix A: length 100, 30,000 steps of 32 examples, Adafactor
   * at a constant 0.3, the checkpoint chosen on the dev split. The released code adds inputs of 512 tokens, a look
   * every 1,000 steps, and a second moment that counts on from the model's own 1,100,000 steps.
   */
  paper: {
    promptLength: 100,
    maxTokens: 512,
    optimizer: {
      name: 'adafactor',
      learningRate: 0.3,
      weightDecay: 1e-5,
      decayRate: 0.8,
      clippingThreshold: 1,
      stepOrigin: 1_100_000,
    },
    schedule: { name: 'constant', warmUpSteps: 0 },
    steps: 30_000,
    batchSize: 32,
    microBatchTokens: 2048,
    evaluateEvery: 1000,
    patience: 0,
  },
  custom: quick,
};

/** What an optimiser takes where neither the experiment nor its preset says otherwise. */
const optimizerDefaults: { readonly [Name in Optimizer['name']]: Omit<Variant<Name>, 'learningRate'> } = {
  adafactor: { name: 'adafactor', weightDecay: 1e-5, decayRate: 0.8, clippingThreshold: 1, stepOrigin: 0 },
  adamw: { name: 'adamw', weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  sgd: { name: 'sgd', momentum: 0.9, nesterov: false },
};
type Variant<Name> = Extract<ResolvedOptimizer, { readonly name: Name }>;

/**
 * Fills every default. What the experiment says always wins over its preset.
 * @param name of the experiment where its file gives none; `NAME` of `NAME.tune.json` is meant.
 */
export function resolveExperiment(experiment: Experiment, name = 'experiment'): ResolvedExperiment {
  const { data, task, prompt = {}, training = {} } = experiment;
  const presetName = training.preset ?? 'quick';
  const preset = presetTable[presetName];
  const steps = training.steps ?? preset.steps;
  const evaluateEvery = training.evaluateEvery ?? Math.min(preset.evaluateEvery, steps);
  return {
    ...experiment,
    name: experiment.name ?? name,
    frozenWeights: experiment.frozenWeights ?? 'auto',
    precision: experiment.precision ?? 'float32',
    data: { ...data, split: { train: 0.8, dev: 0.1, test: 0.1, ...resolvedSplit(data.split) } },
    task: {
      ...task,
      ...(task.label ? { label: { ...task.label, scoring: task.label.scoring ?? 'sum' } } : {}),
      maxTokens: task.maxTokens ?? preset.maxTokens,
    },
    prompt: {
      position: prompt.position ?? 'prefix',
      length: prompt.length ?? preset.promptLength,
      initialiser: prompt.initialiser ?? (task.label ? 'class-labels' : 'sampled-vocabulary'),
      ...(prompt.text === undefined ? {} : { text: prompt.text }),
      ...(prompt.from === undefined ? {} : { from: prompt.from }),
      range: prompt.range ?? 0.5,
      topTokens: prompt.topTokens ?? 5000,
    },
    training: {
      preset: presetName,
      optimizer: resolvedOptimizer(training.optimizer, preset.optimizer),
      schedule: resolvedSchedule(training.schedule, preset.schedule, steps),
      steps,
      batchSize: training.batchSize ?? preset.batchSize,
      microBatchTokens: training.microBatchTokens ?? preset.microBatchTokens,
      ...(training.gradientClipping === undefined ? {} : { gradientClipping: training.gradientClipping }),
      evaluateEvery,
      checkpointEvery: training.checkpointEvery ?? evaluateEvery,
      patience: training.patience ?? preset.patience,
      metric: training.metric ?? (task.label ? 'accuracy' : 'loss'),
      seed: training.seed ?? 0,
    },
  };
}

function resolvedSplit(split: Experiment['data']['split']): { seed: number; stratified: boolean } & Partial<Split> {
  return { ...split, seed: split?.seed ?? 0, stratified: split?.stratified ?? true };
}

/** The preset's optimiser where another is not named; what is given of the same one is put over it. */
function resolvedOptimizer(given: Optimizer | undefined, preset: ResolvedOptimizer): ResolvedOptimizer {
  if (given === undefined) return preset;
  const defaults = given.name === preset.name ? preset : optimizerDefaults[given.name];
  const fields = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(fields) } as ResolvedOptimizer;
}

function resolvedSchedule(given: Schedule | undefined, preset: ResolvedSchedule, steps: number): ResolvedSchedule {
  const tenth = Math.ceil(steps / 10);
  // A few steps must not all be spent on warming up.
  if (given === undefined) return { ...preset, warmUpSteps: Math.min(preset.warmUpSteps, tenth) };
  return { name: given.name, warmUpSteps: given.warmUpSteps ?? (given.name === 'warm-up' ? tenth : 0) };
}
