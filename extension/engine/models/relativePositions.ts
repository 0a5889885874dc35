import { gather } from '../graph/operators/indexing';
import { transpose, unsqueeze } from '../graph/operators/shaping';
import type { Feed } from '../graph/session';
import type { Value } from '../graph/value';

/** Bias of each head by relative distance: table [buckets, heads], buckets [T, S] -> [1, heads, T, S]. */
export function relativeBias(table: Value, buckets: Value): Value {
  return unsqueeze(transpose(gather(table, buckets), [2, 0, 1]), 0);
}

/** Buckets of all distances within one row, [length, length]. */
export function relativeBuckets(length: number, bidirectional: boolean, buckets: number, maxDistance: number): Feed {
  const positions = Array.from({ length }, (_, i) => i);
  return bucketsBetween(positions, positions, bidirectional, buckets, maxDistance);
}

/**
 * Bucket of the distance from each query (row) to each key (column), given their positions. Half of the buckets hold one small distance
 * each, the others grow logarithmically up to `maxDistance`; an encoder splits them between both directions.
 */
export function bucketsBetween(
  queries: readonly number[],
  keys: readonly number[],
  bidirectional: boolean,
  buckets: number,
  maxDistance: number,
): Feed {
  const perDirection = bidirectional ? Math.floor(buckets / 2) : buckets;
  const exact = Math.floor(perDirection / 2);
  const bucketOf = (relative: number): number => {
    const ahead = bidirectional && relative > 0 ? perDirection : 0;
    const distance = bidirectional ? Math.abs(relative) : Math.max(0, -relative);
    if (distance < exact) return ahead + distance;
    const logarithmic = Math.floor(
      (Math.log(distance / exact) / Math.log(maxDistance / exact)) * (perDirection - exact),
    );
    return ahead + Math.min(exact + logarithmic, perDirection - 1);
  };
  const data = Int32Array.from(queries.flatMap((query) => keys.map((key) => bucketOf(key - query))));
  return { data, shape: [queries.length, keys.length] };
}
