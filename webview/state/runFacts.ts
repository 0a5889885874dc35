import type { PositionBehind } from '../../extension/protocol/promptPosition';
import type { RunRow } from '../../extension/protocol/runsPanel';
import type { ImportedFormat, RunRecord, RunStatus } from '../../extension/protocol/run';
import { loss, percent } from './format';

/** What a run is called: the name a person gave it, or that of its experiment. */
export function runName({ marks, record }: RunRow): string {
  return marks.name ?? record.name;
}

const statuses: Readonly<Record<RunStatus, string>> = {
  running: 'Running',
  finished: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

/** The status of a run in one word. */
export function statusWord(row: RunRow): string {
  if (row.record.imported) return 'Imported';
  return row.stopping === true && row.record.status === 'running' ? 'Stopping' : statuses[row.record.status];
}

const metrics: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  'macro-f1': 'macro F1',
  'exact-match': 'exact match',
  loss: 'loss',
};

/** A metric's name in words. */
export function metricWord(metric: string): string {
  return metrics[metric] ?? metric;
}

/** The metric a run is judged by. */
export function metricOf({ best, experiment, dev, test }: RunRecord): string | undefined {
  return best?.metric ?? experiment?.training?.metric ?? Object.keys(dev ?? test ?? {})[0];
}

/** A score of a metric: a fraction as percent, a loss in nats. */
export function score(metric: string, value: number): string {
  return metric === 'loss' ? loss(value) : percent(value);
}

/** Like {@link score}, with the metric's name where it is not accuracy. */
export function namedScore(metric: string, value: number): string {
  return metric === 'accuracy' ? score(metric, value) : `${score(metric, value)} ${metricWord(metric)}`;
}

/** Name of the frozen model. */
export function modelName({ model, experiment }: RunRecord): string | undefined {
  return model?.name ?? experiment?.model;
}

/** Virtual tokens of the run's prompt. */
export function promptLength({ experiment, imported }: RunRecord): number | undefined {
  return experiment?.prompt?.length ?? imported?.length;
}

const positions: Readonly<Record<PositionBehind, string>> = {
  suffix: 'behind the text (suffix)',
  infix: 'behind the text, in front of the rest of the template (infix)',
};

/** Where a prompt stands, as it goes on behind its length: ", behind the text (suffix)"; nothing for one in front of the text. */
export function positionWords(position: PositionBehind | undefined): string {
  return position === undefined ? '' : `, ${positions[position]}`;
}

const initialisers: Readonly<Record<string, string>> = {
  'class-labels': 'Class labels',
  'sampled-vocabulary': 'Sampled vocabulary',
  'random-uniform': 'Random uniform',
  text: 'Text',
  prompt: 'Another prompt',
};

/** The prompt's initialiser in words. */
export function initialiserWord({ experiment }: RunRecord): string | undefined {
  const name = experiment?.prompt?.initialiser;
  return name === undefined ? undefined : (initialisers[name] ?? name);
}

/** The prompt that the run started from and how it was brought to the run's length: "reviews, step 200, 20 virtual tokens, repeated". */
export function startedFromWords({ startedFrom }: RunRecord): string | undefined {
  if (startedFrom === undefined) return undefined;
  const { name, length, fill } = startedFrom;
  return `${name}, ${length} virtual tokens${fill === 'whole' ? '' : `, ${fill}`}`;
}

const optimizers: Readonly<Record<string, string>> = { adafactor: 'Adafactor', adamw: 'AdamW', sgd: 'SGD' };

/** Optimiser and learning rate: "Adafactor, lr 0.3". */
export function optimizerWords({ experiment }: RunRecord): string | undefined {
  const optimizer = experiment?.training?.optimizer;
  return optimizer === undefined
    ? undefined
    : `${optimizers[optimizer.name] ?? optimizer.name}, lr ${optimizer.learningRate}`;
}

const presets: Readonly<Record<string, string>> = { quick: 'Quick', paper: 'Paper', custom: 'Custom' };

/** The preset in a word. */
export function presetWord({ experiment }: RunRecord): string | undefined {
  const preset = experiment?.training?.preset;
  return preset === undefined ? undefined : (presets[preset] ?? preset);
}

const formats: Readonly<Record<ImportedFormat, string>> = {
  peft: 'PEFT adapter',
  safetensors: 'safetensors file',
  npy: 'numpy array',
};

/** The form that an imported prompt had, in words. */
export function formatWord(format: ImportedFormat): string {
  return formats[format];
}

const providers: Readonly<Record<string, string>> = {
  auto: 'Auto',
  cpu: 'CPU',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'Core ML',
};

/** An execution provider as its makers write it. */
export function providerWord(provider: string): string {
  return providers[provider] ?? provider;
}

/** Provider used, and a line for each that was looked at and not taken. */
export function providerTooltip({ provider }: RunRecord): string {
  if (provider === undefined) return 'Not chosen yet.';
  const used = `${providerWord(provider.used)}${provider.device === undefined ? '' : `: ${provider.device}`}`;
  return [used, ...provider.rejected.map((each) => `Not ${providerWord(each.provider)}: ${each.reason}`)].join('\n');
}

/** Seconds until the last step at the pace so far, or undefined while that cannot be told. */
export function secondsLeft({ status, step, totalSteps, seconds }: RunRecord): number | undefined {
  return status === 'running' && step > 0 && totalSteps > step ? (seconds / step) * (totalSteps - step) : undefined;
}

/** Everything of a run that the filter looks at, in lower case. */
export function searchText(row: RunRow): string {
  const { record, marks } = row;
  const { task, data } = record.experiment ?? {};
  const words = Object.entries(task?.label?.words ?? {}).flat();
  return [
    runName(row),
    record.name,
    record.id,
    marks.note,
    statusWord(row),
    modelName(record),
    record.model?.architecture,
    initialiserWord(record),
    optimizerWords(record),
    presetWord(record),
    record.provider === undefined ? undefined : providerWord(record.provider.used),
    data?.train,
    task?.label?.column,
    task?.target,
    ...words,
    record.experimentFile,
    record.imported?.from,
    record.reason,
  ]
    .filter((part) => part !== undefined)
    .join('\n')
    .toLowerCase();
}
