import { agnes } from 'ml-hclust';
import { meanSilhouette } from './silhouette';

/** Points in groups. */
export interface Partition {
  /** Indices of the points of each cluster, largest cluster first. */
  readonly clusters: readonly (readonly number[])[];
  /** Mean silhouette; undefined where there was nothing to choose from. */
  readonly silhouette: number | undefined;
}

/** More clusters than a person would look at are not tried. */
const mostClusters = 20;

/**
 * Agglomerative clustering by Ward's criterion (Ward 1963), cut where the mean silhouette is best, from 2 clusters to half as many as there are
 * points. Fewer than four points are one cluster.
 *
 * @param distances Euclidean, of all pairs.
 */
export function bestPartition(distances: readonly Float64Array[]): Partition {
  const count = distances.length;
  const whole = { clusters: count === 0 ? [] : [Array.from({ length: count }, (_, i) => i)], silhouette: undefined };
  if (count < 4) return whole;
  const tree = agnes(
    distances.map((row) => [...row]),
    { method: 'ward2', isDistanceMatrix: true },
  );
  let best: Partition = whole;
  for (let groups = 2; groups <= Math.min(mostClusters, Math.floor(count / 2)); groups++) {
    const clusters = tree.group(groups).children.map((cluster) => cluster.indices().toSorted((a, b) => a - b));
    const labels = new Array<number>(count).fill(0);
    for (const [label, members] of clusters.entries()) for (const point of members) labels[point] = label;
    if (clusters.length < 2) continue;
    const silhouette = meanSilhouette(distances, labels);
    if (silhouette > (best.silhouette ?? -Infinity)) best = { clusters, silhouette };
  }
  return { ...best, clusters: best.clusters.toSorted((a, b) => b.length - a.length || a[0]! - b[0]!) };
}

/** Euclidean distances between the directions of some rows, sqrt(2 - 2 cosine). */
export function directionDistances(cosines: readonly Float64Array[]): Float64Array[] {
  return cosines.map((row, i) => row.map((cosine, j) => (i === j ? 0 : Math.sqrt(Math.max(0, 2 - 2 * cosine)))));
}
