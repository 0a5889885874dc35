import { type Random, seededRandom } from '../../datasets/random';

/** Ends of an interval, lower first. */
export type Interval = readonly [low: number, high: number];

/** How often is drawn; a 95 % interval of 1,000 draws moves by about a hundredth of its width from seed to seed. */
export const defaultDraws = 1000;

export interface BootstrapOptions {
  readonly seed: number;
  readonly draws?: number;
}

/**
 * 95 % percentile intervals of statistics over examples (Efron and Tibshirani 1993, section 13.3): as many examples are drawn
 * with replacement as there are, again and again, and the statistics are taken of each draw.
 *
 * @param count of examples.
 * @param statistics of a draw, given how often each example is in it, [count]; the same names every time. A value that is not finite is left out.
 */
export function bootstrapIntervals<Name extends string>(
  count: number,
  statistics: (times: Uint16Array) => Readonly<Record<Name, number>>,
  { seed, draws = defaultDraws }: BootstrapOptions,
): Record<Name, Interval> {
  const random = seededRandom(seed, 'bootstrap');
  const values = new Map<Name, number[]>();
  for (let draw = 0; draw < draws; draw++) {
    for (const [name, value] of Object.entries(statistics(drawTimes(count, random))) as [Name, number][]) {
      if (Number.isFinite(value)) values.set(name, [...(values.get(name) ?? []), value]);
    }
  }
  return Object.fromEntries([...values].map(([name, each]) => [name, middle95(each)])) as Record<Name, Interval>;
}

/** 95 % interval of the mean of `differences`, one an example, of two predictors on the same examples: paired bootstrap. */
export function pairedInterval(differences: readonly number[], options: BootstrapOptions): Interval {
  const mean = (times: Uint16Array): { mean: number } => ({
    mean: differences.reduce((sum, each, index) => sum + each * times[index]!, 0) / differences.length,
  });
  return bootstrapIntervals(differences.length, mean, options).mean;
}

function drawTimes(count: number, random: Random): Uint16Array {
  const times = new Uint16Array(count);
  for (let i = 0; i < count; i++) times[random.below(count)]!++;
  return times;
}

/** The 2.5th and 97.5th percentile, between neighbours by a straight line as NumPy does it. */
function middle95(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [below, part] = [Math.floor(place), place % 1];
    return sorted[below]! + part * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
  };
  return [at(0.025), at(0.975)];
}
