import type { EvaluationRecord } from '../../extension/protocol/evaluation';
import { isSignificant, probabilityWord, sharingText } from '../../extension/protocol/evaluationReading';
import type { EvaluationRows } from './evaluationRows';
import { evaluationMetric, metricValue, metricsOf, signedValue, summaryRows } from './evaluationSummary';
import type { SummaryRow } from './evaluationSummary';

/** Examples that are exported, and all that is known of them. */
export interface ExportedRows {
  readonly record: EvaluationRecord;
  readonly rows: EvaluationRows;
  /** Numbers of the examples, in the order wanted. */
  readonly order: Int32Array;
}

interface Said {
  readonly predicted: string | undefined;
  readonly probability: number | undefined;
  readonly right: boolean | undefined;
}

function saidOf({ rows }: ExportedRows, predictor: string, example: number): Said {
  const { probability, right } = rows.column(predictor);
  const known = right[example]!;
  const certainty = probability[example]!;
  return {
    predicted: rows.said(predictor, example),
    probability: Number.isNaN(certainty) ? undefined : certainty,
    right: known < 0 ? undefined : known === 1,
  };
}

/** Rows as CSV (RFC 4180): where each stands, its text and target, and three columns a predictor. */
export function rowsCsv(exported: ExportedRows): string {
  const { record, rows, order } = exported;
  const { predictors, datasets } = record;
  const header = [
    ...['dataset', 'row', 'input', 'target'],
    ...predictors.flatMap(({ name }) => [name, `${name}: probability`, `${name}: right`]),
  ];
  const lines = Array.from(order, (example) => [
    datasets[rows.dataset[example]!]!.name,
    rows.row[example],
    rows.inputs[example],
    rows.targets[example],
    ...predictors.flatMap(({ id }) => {
      const { predicted, probability, right } = saidOf(exported, id, example);
      return [predicted, probability, right];
    }),
  ]);
  return [header, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

/** Rows as JSON lines, with the answers by the predictors' names. */
export function rowsJsonl(exported: ExportedRows): string {
  const { record, rows, order } = exported;
  const lines = Array.from(order, (example) =>
    JSON.stringify({
      dataset: record.datasets[rows.dataset[example]!]!.path,
      row: rows.row[example],
      input: rows.inputs[example],
      target: rows.targets[example],
      predictions: Object.fromEntries(record.predictors.map(({ id, name }) => [name, saidOf(exported, id, example)])),
    }),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** The summary of a data set as a Markdown table. */
export function summaryTable(
  record: EvaluationRecord,
  dataset: number,
  metric: string,
  reference: string | undefined,
): string {
  const named = record.predictors.find(({ id }) => id === reference)?.name;
  const others = metricsOf(record, dataset).filter((each) => each !== metric);
  const head = [
    'Predictor',
    evaluationMetric(metric),
    '95 % interval',
    named === undefined ? 'Difference' : `Difference to ${named}`,
    ...others.map(evaluationMetric),
  ];
  const rows = summaryRows(record, dataset, metric, reference).map((row) => [
    row.predictor.name,
    row.value === undefined ? '' : metricValue(metric, row.value),
    row.interval ? row.interval.map((each) => metricValue(metric, each)).join(' to ') : '',
    row.difference ? differenceWords(metric, row.difference) : '',
    ...others.map((each) => {
      const value = row.result?.scores[each];
      return value === undefined ? '' : metricValue(each, value);
    }),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(markdownCell).join(' | ')} |`).join('\n');
}

/** A difference, its interval, and what the test says. */
export function differenceWords(metric: string, difference: NonNullable<SummaryRow['difference']>): string {
  const [low, high] = difference.interval;
  const test = difference.p === undefined ? '' : `, ${probabilityWord(difference.p)}`;
  const verdict = isSignificant(difference) ? '' : ' (may be chance)';
  return `${signedValue(metric, difference.difference)} (${signedValue(metric, low)} to ${signedValue(metric, high)})${test}${verdict}`;
}

/** The whole evaluation as a Markdown report, for a person who does not have the panel. */
export function evaluationReport(record: EvaluationRecord, metric: string, reference: string | undefined): string {
  const { name, model, datasets, predictors, remarks, results } = record;
  const sharing = sharingText(record);
  const parts = datasets.flatMap((each, dataset) => {
    const { classes } = each;
    const confusions = classes
      ? predictors.flatMap(({ id, name: predictor }) => {
          const counts = results.find((result) => result.dataset === dataset && result.predictor === id)?.confusion;
          if (!counts) return [];
          const columns = [...classes, 'none of them'].slice(0, counts[0]?.length);
          const rows = counts.map((row, index) => [classes[index]!, ...row.map(String)]);
          const head = ['Target \\ prediction', ...columns];
          const lines = [head, head.map(() => '---'), ...rows];
          return [
            '',
            `### Confusion of ${predictor}`,
            '',
            ...lines.map((cells) => `| ${cells.map(markdownCell).join(' | ')} |`),
          ];
        })
      : [];
    return [
      '',
      `## ${each.name}`,
      '',
      `${each.rows} rows (${each.part === 'all' ? 'all' : `the ${each.part} part`}) of \`${each.path}\`, SHA-256 \`${each.sha256}\`.`,
      '',
      summaryTable(record, dataset, metric, reference),
      ...confusions,
    ];
  });
  return [
    `# Evaluation: ${name}`,
    '',
    `Frozen model ${model.name} (${model.architecture}), SHA-256 of its weights \`${model.sha256}\`. ${record.createdAt}, ${record.status}.`,
    ...(sharing === undefined ? [] : ['', sharing]),
    ...(remarks.length > 0 ? ['', ...remarks.map((remark) => `> ${remark}`)] : []),
    ...parts,
    '',
  ].join('\n');
}

function markdownCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}

function csvField(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
