import { type Random, seededRandom } from '../datasets/random';
import type { NeighbourMetric, NeighbourSearch } from '../models/frozenModel';
import { quantile } from './norms';

/** What neighbours have to be better than. */
export interface RandomBaseline {
  readonly vectors: number;
  readonly seed: number;
  /** Of the cosines of random vectors with their nearest token. */
  readonly median: number;
  /** 99th percentile. */
  readonly threshold: number;
}

const vectors = 200;

/**
 * Cosines of vectors in random directions with their nearest token: any vector has one, however little it means, so a neighbour tells
 * something only when it is nearer than theirs. Their norms are those of the prompt's rows, which matters to the Euclidean metric.
 *
 * @param norms of the prompt's rows.
 */
export async function randomBaseline(
  search: NeighbourSearch,
  norms: readonly number[],
  width: number,
  metric: NeighbourMetric,
  seed: number,
): Promise<RandomBaseline> {
  const random = seededRandom(seed, 'neighbour baseline');
  const directions = new Float32Array(vectors * width);
  for (let row = 0; row < vectors; row++)
    directions.set(randomVector(width, norms[row % norms.length]!, random), row * width);
  const found = await search.nearest(directions, metric);
  const cosines = Float64Array.from(found, ([nearest]) => nearest!.cosine).sort();
  return { vectors, seed, median: quantile(cosines, 0.5), threshold: quantile(cosines, 0.99) };
}

/** A vector of the given norm whose direction is uniform over all directions. */
export function randomVector(width: number, norm: number, random: Random): Float64Array {
  const vector = Float64Array.from({ length: width }, () => normal(random));
  const length = Math.hypot(...vector);
  return vector.map((number) => (number * norm) / length);
}

/** Standard normal: Box and Muller 1958. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}
