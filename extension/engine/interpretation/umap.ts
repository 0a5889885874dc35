import { UMAP } from 'umap-js';
import { seededRandom } from '../datasets/random';

/** A layout of points in two dimensions, into which others can be placed. */
export interface UmapLayout {
  readonly points: readonly (readonly number[])[];
  readonly place: (others: readonly (readonly number[])[]) => number[][];
}

/** Fewest points of which neighbourhoods can be drawn. */
export const fewestForUmap = 8;

/**
 * UMAP (McInnes, Healy and Melville 2018) with its usual 15 neighbours, fewer where there are fewer points; the same picture for the same
 * seed. Distances between far groups mean little in it.
 */
export function umapLayout(points: readonly (readonly number[])[], seed: number): UmapLayout {
  const random = seededRandom(seed, 'umap');
  const umap = new UMAP({ nNeighbors: Math.min(15, points.length - 1), random: () => random.uniform() });
  const laidOut = umap.fit(points.map((point) => [...point]));
  return { points: laidOut, place: (others) => umap.transform(others.map((point) => [...point])) };
}
