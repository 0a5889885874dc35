/** Norms of the vocabulary as a distribution. */
export interface NormDistribution {
  readonly mean: number;
  readonly median: number;
  readonly smallest: number;
  readonly largest: number;
  /** Counts in bins of equal width from `smallest` to `largest`. */
  readonly histogram: readonly number[];
}

const bins = 40;

/** @param norms [V], at least one. */
export function normDistribution(norms: Float64Array): NormDistribution {
  const sorted = norms.toSorted();
  const [smallest, largest] = [sorted[0]!, sorted.at(-1)!];
  const histogram = new Array<number>(bins).fill(0);
  for (const norm of norms) {
    // The largest one belongs to the last bin; where all are equal, to the first.
    const bin = largest === smallest ? 0 : Math.floor(((norm - smallest) / (largest - smallest)) * bins);
    histogram[Math.min(bin, bins - 1)]! += 1;
  }
  const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
  return { mean, median: quantile(sorted, 0.5), smallest, largest, histogram };
}

/** Euclidean norm of each row, [n, D] -> [n]. */
export function rowNorms(rows: Float32Array, width: number): number[] {
  return Array.from({ length: rows.length / width }, (_, row) => {
    let sum = 0;
    for (let column = row * width; column < (row + 1) * width; column++) sum += rows[column]! ** 2;
    return Math.sqrt(sum);
  });
}

/** Share of the sorted numbers that are smaller, 0 to 1. */
export function shareBelow(sorted: Float64Array, number: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < number) from = middle + 1;
    else to = middle;
  }
  return from / sorted.length;
}

/** Quantile of sorted numbers, interpolated between the two it falls between. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (high - low) * (place - below);
}
