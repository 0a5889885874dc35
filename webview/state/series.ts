import type { Curve, RunRow } from '../../extension/protocol/runsPanel';
import { integer } from './format';
import { metricOf, metricWord, runName, score } from './runFacts';

/** One line of a chart. */
export interface Series {
  readonly id: string;
  readonly name: string;
  /** Index of its colour and dash pattern. */
  readonly colour: number;
  readonly steps: readonly number[];
  /** Same length as `steps`. */
  readonly values: readonly number[];
  /** Exponential moving average of `values`, where it is smoothed. */
  readonly smoothed?: readonly number[];
}

/**
 * Exponential moving average without the pull to zero at the start: s_t = sum_i w^(t-i) x_i / sum_i w^(t-i) (the debiasing of
 * Adam, Kingma and Ba 2015, section 3). `weight` of the past, 0 to below 1. Values that are not finite are passed over.
 */
export function smooth(values: readonly number[], weight: number): readonly number[] {
  let sum = 0;
  let mass = 0;
  return values.map((value) => {
    if (Number.isFinite(value)) {
      sum = weight * sum + value;
      mass = weight * mass + 1;
    }
    return mass === 0 ? value : sum / mass;
  });
}

/** The training loss of the runs shown, a line each; runs whose curve has not come yet have none. */
export function lossSeries(
  rows: readonly RunRow[],
  curves: ReadonlyMap<string, Curve>,
  weight: number,
): readonly Series[] {
  return rows.flatMap((row) => {
    const curve = curves.get(row.record.id);
    if (curve === undefined || curve.steps.length === 0) return [];
    const { id, steps, loss: values } = curve;
    const line = { id, name: runName(row), colour: row.colour, steps, values };
    return [weight > 0 ? { ...line, smoothed: smooth(values, weight) } : line];
  });
}

/** A metric at every look at the dev split, a line for each run shown that has one. */
export function metricSeries(
  rows: readonly RunRow[],
  curves: ReadonlyMap<string, Curve>,
  metric: string,
): readonly Series[] {
  return rows.flatMap((row) => {
    const points = (curves.get(row.record.id)?.evaluations ?? []).flatMap(({ split, step, scores }) => {
      const value = scores[metric];
      return split === 'dev' && value !== undefined ? [{ step, value }] : [];
    });
    if (points.length === 0) return [];
    const steps = points.map(({ step }) => step);
    return [
      { id: row.record.id, name: runName(row), colour: row.colour, steps, values: points.map(({ value }) => value) },
    ];
  });
}

/** Metrics that can be drawn for these runs, those the runs are judged by first. */
export function metricChoices(rows: readonly RunRow[], curves: ReadonlyMap<string, Curve>): readonly string[] {
  const judged = rows.map(({ record }) => metricOf(record)).filter((metric) => metric !== undefined);
  const scored = rows.flatMap(({ record }) =>
    (curves.get(record.id)?.evaluations ?? []).flatMap(({ scores }) => Object.keys(scores)),
  );
  return [...new Set([...judged, ...scored])];
}

/** Title of the chart of a metric. */
export function metricTitle(metric: string): string {
  return `Dev ${metricWord(metric)}`;
}

/**
 * What a chart shows, in sentences for a person who cannot see it: per run where it starts, where it is, and the best between.
 * `metric` decides how values are written and whether low ones are good.
 */
export function chartSummary(title: string, metric: string, series: readonly Series[]): string {
  if (series.length === 0) return `${title}: no points yet.`;
  const falling = metric === 'loss';
  const lines = series.map(({ name, steps, values, smoothed }) => {
    const drawn = smoothed ?? values;
    const last = drawn.length - 1;
    const best = drawn.reduce((at, value, index) => {
      const than = drawn[at]!;
      return !Number.isFinite(than) || (falling ? value < than : value > than) ? index : at;
    }, 0);
    const first = score(metric, drawn[0]!);
    const now = `${score(metric, drawn[last]!)} at step ${integer(steps[last]!)}`;
    if (last === 0) return `${name}: ${now}.`;
    const extreme = `${falling ? 'lowest' : 'highest'} ${score(metric, drawn[best]!)} at step ${integer(steps[best]!)}`;
    return `${name}: from ${first} at step ${integer(steps[0]!)} to ${now}, ${extreme}.`;
  });
  const smoothing = series.some(({ smoothed }) => smoothed !== undefined) ? ', smoothed' : '';
  return `${title}${smoothing}, ${series.length === 1 ? 'one run' : `${series.length} runs`}. ${lines.join(' ')}`;
}

/** Up to `most` indices of `count`, evenly spaced, always with the first and the last. */
export function spacedIndices(count: number, most: number): readonly number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
}
