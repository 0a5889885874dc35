import type { Experiment, Initialiser, Metric, Optimizer, PresetName, Schedule, Split, Task } from './experiment';

/** An experiment in which nothing is left open: what a run does and what its record keeps. */
export interface ResolvedExperiment extends Experiment {
  readonly name: string;
  readonly data: Omit<Experiment['data'], 'split'> & { readonly split: Split };
  readonly task: Task & { readonly maxTokens: number };
  readonly prompt: {
    readonly length: number;
    readonly initialiser: Initialiser;
    readonly text?: string | undefined;
    readonly range: number;
    readonly topTokens: number;
  };
  readonly training: {
    readonly preset: PresetName;
    readonly optimizer: ResolvedOptimizer;
    readonly schedule: Required<Schedule>;
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

/** What a preset decides. Everything else has one default for all presets. */
export interface Preset {
  readonly promptLength: number;
  readonly maxTokens: number;
  readonly learningRate: number;
  /** Of Adafactor's second moment. */
  readonly stepOrigin: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly microBatchTokens: number;
  readonly evaluateEvery: number;
  readonly patience: number;
}

/** A few minutes on two cores with the bundled model. */
const quick: Preset = {
  promptLength: 20,
  maxTokens: 128,
  learningRate: 0.3,
  stepOrigin: 0,
  steps: 400,
  batchSize: 16,
  microBatchTokens: 4096,
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
    learningRate: 0.3,
    stepOrigin: 1_100_000,
    steps: 30_000,
    batchSize: 32,
    microBatchTokens: 8192,
    evaluateEvery: 1000,
    patience: 0,
  },
  custom: quick,
};

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
    data: { ...data, split: { train: 0.8, dev: 0.1, test: 0.1, ...resolvedSplit(data.split) } },
    task: { ...task, maxTokens: task.maxTokens ?? preset.maxTokens },
    prompt: {
      length: prompt.length ?? preset.promptLength,
      initialiser: prompt.initialiser ?? (task.label ? 'class-labels' : 'sampled-vocabulary'),
      ...(prompt.text === undefined ? {} : { text: prompt.text }),
      range: prompt.range ?? 0.5,
      topTokens: prompt.topTokens ?? 5000,
    },
    training: {
      preset: presetName,
      optimizer: resolvedOptimizer(
        training.optimizer ?? { name: 'adafactor', learningRate: preset.learningRate },
        preset,
      ),
      schedule: resolvedSchedule(training.schedule ?? { name: 'constant' }, steps),
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

function resolvedOptimizer(optimizer: Optimizer, preset: Preset): ResolvedOptimizer {
  switch (optimizer.name) {
    case 'adafactor':
      return {
        name: optimizer.name,
        learningRate: optimizer.learningRate,
        weightDecay: optimizer.weightDecay ?? 1e-5,
        decayRate: optimizer.decayRate ?? 0.8,
        clippingThreshold: optimizer.clippingThreshold ?? 1,
        stepOrigin: optimizer.stepOrigin ?? preset.stepOrigin,
      };
    case 'adamw':
      return {
        name: optimizer.name,
        learningRate: optimizer.learningRate,
        weightDecay: optimizer.weightDecay ?? 0,
        beta1: optimizer.beta1 ?? 0.9,
        beta2: optimizer.beta2 ?? 0.999,
        epsilon: optimizer.epsilon ?? 1e-8,
      };
    case 'sgd':
      return {
        name: optimizer.name,
        learningRate: optimizer.learningRate,
        momentum: optimizer.momentum ?? 0.9,
        nesterov: optimizer.nesterov ?? false,
      };
  }
}

function resolvedSchedule(schedule: Schedule, steps: number): Required<Schedule> {
  const warmUpSteps = schedule.name === 'warm-up' ? Math.ceil(steps / 10) : 0;
  return { name: schedule.name, warmUpSteps: schedule.warmUpSteps ?? warmUpSteps };
}
