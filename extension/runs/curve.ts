import type { JournalEntry } from '../protocol/run';

/** A run's journal as a chart needs it. */
export interface CurveData {
  readonly steps: readonly number[];
  readonly loss: readonly number[];
  readonly evaluations: readonly {
    readonly step: number;
    readonly split: 'dev' | 'test';
    readonly scores: Readonly<Record<string, number>>;
  }[];
}

/** The curve of a journal, its loss thinned to at most `most` points; evaluations are all kept. */
export function curveOf(entries: readonly JournalEntry[], most: number): CurveData {
  const steps = entries.filter((entry) => entry.type === 'step');
  const evaluations = entries.filter((entry) => entry.type === 'evaluation');
  const kept = thinned(
    steps.map(({ loss }) => loss),
    most,
  );
  return {
    steps: kept.map((index) => steps[index]!.step),
    loss: kept.map((index) => steps[index]!.loss),
    evaluations: evaluations.map(({ step, split, scores }) => ({ step, split, scores })),
  };
}

/**
 * Indices of at most `most` of the values, rising, such that a line through them looks like the line through all: first and last,
 * and of every stretch in between its lowest and its highest, so no spike is lost.
 */
export function thinned(values: readonly number[], most: number): number[] {
  if (values.length <= most) return values.map((_, index) => index);
  if (most < 2) return most < 1 ? [] : [values.length - 1];
  const kept = new Set([0, values.length - 1]);
  const stretches = Math.floor((most - 2) / 2);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = 1 + Math.floor((stretch * (values.length - 2)) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * (values.length - 2)) / stretches);
    let lowest = from;
    let highest = from;
    for (let index = from; index < to; index++) {
      if (values[index]! < values[lowest]!) lowest = index;
      if (values[index]! > values[highest]!) highest = index;
    }
    kept.add(lowest).add(highest);
  }
  return [...kept].toSorted((a, b) => a - b);
}
