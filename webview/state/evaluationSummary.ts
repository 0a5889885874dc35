import type { EvaluationRecord, Predictor, Result } from '../../extension/protocol/evaluation';
import { differenceTo } from '../../extension/protocol/evaluationReading';
import type { Difference } from '../../extension/protocol/evaluationReading';
import { decimal, loss, percent } from './format';
import { metricWord } from './runFacts';

/** Metrics in the order they are offered in; the first one that there is is shown first. */
const metricOrder = [
  'accuracy',
  'exact-match',
  'token-f1',
  'macro-f1',
  'matthews',
  'illegal',
  'loss',
  'log-loss',
  'ece',
];
const words: Readonly<Record<string, string>> = {
  'token-f1': 'token F1',
  matthews: 'Matthews',
  illegal: 'illegal outputs',
  'log-loss': 'log-loss',
  ece: 'calibration error',
};
const smallerIsBetter: ReadonlySet<string> = new Set(['loss', 'log-loss', 'ece', 'illegal']);
const fractions: ReadonlySet<string> = new Set(['accuracy', 'exact-match', 'token-f1', 'macro-f1', 'illegal', 'ece']);

/** The metric in words. */
export function evaluationMetric(metric: string): string {
  return words[metric] ?? metricWord(metric);
}

/** A metric's value as a person reads it. */
export function metricValue(metric: string, value: number): string {
  if (fractions.has(metric)) return percent(value);
  return metric === 'loss' || metric === 'log-loss' ? loss(value) : decimal(value);
}

/** A difference with its sign; of fractions in percentage points. */
export function signedValue(metric: string, value: number): string {
  const sign = value < 0 ? '−' : '+';
  const size = Math.abs(value);
  return `${sign}${fractions.has(metric) ? (100 * size).toFixed(1) : size.toFixed(3)}`;
}

/** Whether a difference of this sign is an improvement. */
export function improves(metric: string, difference: number): boolean {
  return smallerIsBetter.has(metric) ? difference < 0 : difference > 0;
}

export function smallerBetter(metric: string): boolean {
  return smallerIsBetter.has(metric);
}

/** The metrics that there are for a data set. */
export function metricsOf({ results }: EvaluationRecord, dataset: number): readonly string[] {
  const found = new Set(
    results.filter((each) => each.dataset === dataset).flatMap(({ scores }) => Object.keys(scores)),
  );
  const known = metricOrder.filter((metric) => found.delete(metric));
  return [...known, ...found];
}

/** A predictor in the summary of a data set. */
export interface SummaryRow {
  readonly predictor: Predictor;
  /** Absent until all its rows are answered. */
  readonly result?: Result;
  readonly value?: number;
  /** 95 %, bootstrap. */
  readonly interval?: readonly [number, number];
  /** Predictor minus reference; absent for the reference itself and where the two cannot be compared. */
  readonly difference?: Difference;
}

/** Every predictor on a data set, as the record has them. `reference`: id of the one that the others are compared with. */
export function summaryRows(
  record: EvaluationRecord,
  dataset: number,
  metric: string,
  reference: string | undefined,
): readonly SummaryRow[] {
  return record.predictors.map((predictor) => {
    const result = record.results.find((each) => each.dataset === dataset && each.predictor === predictor.id);
    const value = result?.scores[metric];
    const interval = result?.intervals[metric];
    const difference =
      reference === undefined ? undefined : differenceTo(record, dataset, metric, predictor.id, reference);
    return {
      predictor,
      ...(result ? { result } : {}),
      ...(value === undefined ? {} : { value }),
      ...(interval ? { interval } : {}),
      ...(difference ? { difference } : {}),
    };
  });
}

/** A place of the transfer grid: what a predictor scores on a data set. */
export interface TransferCell {
  readonly value?: number;
  /** Whether the predictor learned from this very file. */
  readonly ownDomain: boolean;
  /** Minus the best prompt that learned from this file; absent for those, and where there is none. */
  readonly toOwnDomain?: number;
}

/** Predictors down, data sets across. */
export function transferGrid(
  { predictors, datasets, results }: EvaluationRecord,
  metric: string,
): readonly (readonly TransferCell[])[] {
  const value = (predictor: Predictor, dataset: number): number | undefined =>
    results.find((each) => each.dataset === dataset && each.predictor === predictor.id)?.scores[metric];
  const learned = (predictor: Predictor, dataset: number): boolean =>
    predictor.trainedOn !== undefined && predictor.trainedOn === datasets[dataset]!.sha256;
  const best = datasets.map((_, dataset) =>
    predictors
      .filter((predictor) => learned(predictor, dataset))
      .map((predictor) => value(predictor, dataset))
      .filter((each) => each !== undefined)
      .reduce<number | undefined>(
        (found, each) => (found === undefined || improves(metric, each - found) ? each : found),
        undefined,
      ),
  );
  return predictors.map((predictor) =>
    datasets.map((_, dataset): TransferCell => {
      const own = value(predictor, dataset);
      const ownDomain = learned(predictor, dataset);
      const inDomain = best[dataset];
      return {
        ...(own === undefined ? {} : { value: own }),
        ownDomain,
        ...(own === undefined || inDomain === undefined || ownDomain ? {} : { toOwnDomain: own - inDomain }),
      };
    }),
  );
}
