import type { EvaluationRecord, Predictor, Result } from '../protocol/evaluation';
import { differenceTo, isSignificant, sharingText } from '../protocol/evaluationReading';
import { duration } from './progress';
import { textTable } from './table';

/** Metrics after the one that leads, with the heads of their columns; a column stands where some predictor has the metric. */
const further: readonly (readonly [metric: string, head: string])[] = [
  ['macro-f1', 'macro F1'],
  ['token-f1', 'token F1'],
  ['matthews', 'MCC'],
  ['loss', 'loss'],
  ['log-loss', 'log-loss'],
  ['ece', 'ECE'],
  ['illegal', 'illegal'],
];

/**
 * An evaluation for a terminal: every predictor of each data set with its metrics, its 95 % interval, and how it differs from the first
 * prompt (the first predictor, where there is none).
 *
 * @param width columns of the terminal. A table that is wider is written predictor by predictor instead.
 */
export function evaluationReport(record: EvaluationRecord, folder: string, width = Infinity): string {
  const { name, reason, status, rowsPerSecond, seconds, provider, remarks } = record;
  const reference = record.predictors.find(({ kind }) => kind === 'prompt') ?? record.predictors[0];
  const tables = record.datasets.map((_, dataset) => datasetTable(record, dataset, reference, width));
  const rate = rowsPerSecond === undefined ? '' : `, ${rowsPerSecond.toFixed(1)} rows a second`;
  const sharing = sharingText(record);
  return [
    `${name}: ${reason ?? status}`,
    ...tables.map((table) => `\n${table}`),
    ...(remarks.length > 0 ? ['', ...remarks.map((text) => `note      ${text}`)] : []),
    '',
    ...(sharing === undefined ? [] : [`memory    ${sharing}`]),
    `time      ${duration(seconds)}${rate}${provider ? ` on ${provider}` : ''}`,
    `written   ${folder}`,
  ].join('\n');
}

function datasetTable(
  record: EvaluationRecord,
  dataset: number,
  reference: Predictor | undefined,
  width: number,
): string {
  const { name, part, rows, rejectedCount, classes } = record.datasets[dataset]!;
  const results = record.results.filter((each) => each.dataset === dataset);
  const metric = classes ? 'accuracy' : 'exact-match';
  const compared = reference && results.some(({ predictor }) => predictor === reference.id) ? reference : undefined;
  const columns = further.filter(([each]) => results.some(({ scores }) => scores[each] !== undefined));
  const lead = [metric.replace('-', ' '), '95 % interval', ...(compared ? ['difference', 'p'] : [])];
  const head = ['predictor', ...lead, ...columns.map(([, each]) => each)];
  const lines = results.map((result) => [
    record.predictors.find(({ id }) => id === result.predictor)?.name ?? result.predictor,
    ...leadingCells(record, result, metric, compared?.id),
    ...columns.map(([each]) => metricCell(each, result.scores[each])),
  ]);
  const title = [
    `${name} (${part === 'all' ? '' : `${part} part, `}${rows.toLocaleString('en')} rows`,
    ...(rejectedCount > 0 ? [`${rejectedCount} could not be used`] : []),
  ].join(', ');
  const note = compared ? `; differences are to ${compared.name}, * more than chance at 5 %` : '';
  if (lines.length === 0) return `${title})`;
  const table = textTable([head, ...lines]);
  const fits = table.split('\n').every((line) => line.length <= width);
  return `${title})${note}\n${fits ? table : blocks(head, lines, width)}`;
}

function leadingCells(
  record: EvaluationRecord,
  { dataset, predictor, scores, intervals }: Result,
  metric: string,
  reference: string | undefined,
): string[] {
  const interval = intervals[metric]?.map(percent).join(' to ') ?? '';
  const cells = [scores[metric] === undefined ? '' : percent(scores[metric]), interval];
  if (reference === undefined) return cells;
  const found = differenceTo(record, dataset, metric, predictor, reference);
  if (!found) return [...cells, '', ''];
  const sign = found.difference < 0 ? '-' : '+';
  const points = `${sign}${(100 * Math.abs(found.difference)).toFixed(1)}${isSignificant(found) ? '*' : ' '}`;
  return [...cells, points, found.p === undefined ? '' : found.p < 0.001 ? '< 0.001' : found.p.toFixed(3)];
}

function metricCell(metric: string, value: number | undefined): string {
  if (value === undefined) return '';
  return metric === 'illegal' ? percent(value) : value.toFixed(3);
}

/** A predictor, and under it its values with their names, as many on a line as there is room for. */
function blocks(head: readonly string[], lines: readonly (readonly string[])[], width: number): string {
  return lines
    .map(([name, ...cells]) => {
      const values = cells.flatMap((cell, index) => (cell.trim() === '' ? [] : [`${head[index + 1]} ${cell.trim()}`]));
      return [name, ...wrapped(values, width - 2).map((line) => `  ${line}`)].join('\n');
    })
    .join('\n');
}

function wrapped(values: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const value of values) {
    const longer = lines.length === 0 ? undefined : `${lines.at(-1)}   ${value}`;
    if (longer !== undefined && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(value);
  }
  return lines;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
