import { positionOf } from '../../extension/protocol/promptPosition';
import type { RunRow } from '../../extension/protocol/runsPanel';
import { dateTime, duration, integer, loss } from './format';
import {
  initialiserWord,
  metricOf,
  metricWord,
  modelName,
  namedScore,
  optimizerWords,
  presetWord,
  positionWords,
  promptLength,
  providerTooltip,
  providerWord,
  runName,
  secondsLeft,
  statusWord,
} from './runFacts';

export interface Column {
  readonly id: string;
  readonly title: string;
  /** Width in units of the font size. */
  readonly width: number;
  readonly numeric?: boolean;
  /** Columns without a choice are always there. */
  readonly fixed?: boolean;
  /** Not among the columns at first. */
  readonly hidden?: boolean;
  /** First click sorts downwards: newest, most or best first. */
  readonly descending?: boolean;
  /** What it sorts by; rows without a value come last in either direction. */
  readonly value: (row: RunRow) => string | number | undefined;
  /** What the cell says; empty where there is nothing to say. */
  readonly text: (row: RunRow) => string;
  readonly tooltip?: (row: RunRow) => string | undefined;
}

const words = (text: (row: RunRow) => string | undefined): Pick<Column, 'value' | 'text' | 'tooltip'> => ({
  value: (row) => text(row)?.toLowerCase(),
  text: (row) => text(row) ?? '',
  tooltip: text,
});

const statusOrder = ['Running', 'Stopping', 'Interrupted', 'Failed', 'Stopped', 'Finished', 'Imported'];

/** Every column of the runs table, in its order. The colour of the line, `shown`, is at the left edge of each row. */
export const columns: readonly Column[] = [
  { id: 'shown', title: 'Shown in charts', width: 4.4, fixed: true, value: (row) => row.colour, text: () => '' },
  {
    id: 'pin',
    title: 'Pinned',
    width: 2.6,
    descending: true,
    value: (row) => (row.marks.pinned === true ? 1 : 0),
    text: () => '',
  },
  { id: 'name', title: 'Name', width: 15, fixed: true, ...words(runName) },
  {
    id: 'status',
    title: 'Status',
    width: 8.6,
    value: (row) => statusOrder.indexOf(statusWord(row)),
    text: statusWord,
    tooltip: ({ record }) => record.reason,
  },
  {
    id: 'step',
    title: 'Step',
    width: 8.6,
    numeric: true,
    descending: true,
    value: ({ record }) => (record.imported ? undefined : record.step),
    text: ({ record }) => (record.imported ? '' : `${integer(record.step)} / ${integer(record.totalSteps)}`),
    tooltip: ({ record }: RunRow): string | undefined => {
      const left = secondsLeft(record);
      return left === undefined ? undefined : `about ${duration(left)} left`;
    },
  },
  {
    id: 'loss',
    title: 'Loss',
    width: 5.2,
    numeric: true,
    value: (row) => row.loss,
    text: (row) => (row.loss === undefined ? '' : loss(row.loss)),
    tooltip: () => 'Training loss of the last step, nats a target token',
  },
  {
    id: 'dev',
    title: 'Dev metric',
    width: 8,
    numeric: true,
    descending: true,
    value: ({ record }) => record.dev?.[metricOf(record) ?? ''],
    text: ({ record }: RunRow): string => {
      const metric = metricOf(record) ?? '';
      const value = record.dev?.[metric];
      return value === undefined ? '' : namedScore(metric, value);
    },
    tooltip: ({ record }) => `${metricWord(metricOf(record) ?? 'metric')} of the last look at the dev split`,
  },
  {
    id: 'best',
    title: 'Best (step)',
    width: 9,
    numeric: true,
    descending: true,
    value: ({ record }) => record.best?.value,
    text: ({ record: { best } }) =>
      best === undefined ? '' : `${namedScore(best.metric, best.value)} (${integer(best.step)})`,
    tooltip: ({ record: { best } }) =>
      best === undefined ? undefined : `best dev ${metricWord(best.metric)}, at step ${integer(best.step)}`,
  },
  {
    id: 'test',
    title: 'Test metric',
    width: 8.2,
    numeric: true,
    descending: true,
    value: ({ record }) => record.test?.[metricOf(record) ?? ''],
    text: ({ record }: RunRow): string => {
      const metric = metricOf(record) ?? '';
      const value = record.test?.[metric];
      return value === undefined ? '' : namedScore(metric, value);
    },
    tooltip: ({ record }) => `${metricWord(metricOf(record) ?? 'metric')} of the best checkpoint on the test split`,
  },
  { id: 'model', title: 'Model', width: 10, ...words(({ record }) => modelName(record)) },
  {
    id: 'length',
    title: 'Prompt length',
    width: 9.4,
    numeric: true,
    value: ({ record }) => promptLength(record),
    text: ({ record }: RunRow): string => {
      const length = promptLength(record);
      const position = positionOf(record);
      return length === undefined ? '' : `${position === undefined ? '' : `${position}, `}${integer(length)}`;
    },
    tooltip: ({ record }) => `Virtual tokens${positionWords(positionOf(record))}`,
  },
  { id: 'initialiser', title: 'Initialiser', width: 10.5, ...words(({ record }) => initialiserWord(record)) },
  { id: 'optimizer', title: 'Optimiser', width: 10, ...words(({ record }) => optimizerWords(record)) },
  { id: 'preset', title: 'Preset', width: 5.4, ...words(({ record }) => presetWord(record)) },
  {
    id: 'provider',
    title: 'Provider',
    width: 6.2,
    ...words(({ record }) => (record.provider === undefined ? undefined : providerWord(record.provider.used))),
    tooltip: ({ record }) => providerTooltip(record),
  },
  {
    id: 'duration',
    title: 'Duration',
    width: 7.2,
    numeric: true,
    descending: true,
    value: ({ record }) => (record.imported ? undefined : record.seconds),
    text: ({ record }) => (record.imported ? '' : duration(record.seconds)),
  },
  {
    id: 'created',
    title: 'Created',
    width: 11.8,
    descending: true,
    value: ({ record }) => record.createdAt,
    text: ({ record }) => dateTime(record.createdAt),
  },
  {
    id: 'seed',
    title: 'Seed',
    width: 4.4,
    numeric: true,
    hidden: true,
    value: ({ record }) => record.experiment?.training?.seed,
    text: ({ record }) => String(record.experiment?.training?.seed ?? ''),
  },
  { id: 'note', title: 'Note', width: 16, ...words(({ marks }) => marks.note) },
];

/** A column by its id. */
export function columnById(id: string): Column | undefined {
  return columns.find((column) => column.id === id);
}
