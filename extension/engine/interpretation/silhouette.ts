/**
 * Mean silhouette of a clustering, -1 to 1 (Rousseeuw 1987): for each point (b - a) / max(a, b), with `a` its mean distance to the rest of
 * its own cluster and `b` to the nearest other one; 0 for a point that is alone.
 *
 * @param distances of all pairs.
 * @param labels cluster of each point, 0 ..; at least two different ones.
 */
export function meanSilhouette(distances: readonly ArrayLike<number>[], labels: readonly number[]): number {
  const sizes = new Array<number>(Math.max(...labels) + 1).fill(0);
  for (const label of labels) sizes[label]! += 1;
  let total = 0;
  for (const [i, own] of labels.entries()) {
    if (sizes[own] === 1) continue;
    const sums = new Array<number>(sizes.length).fill(0);
    for (const [j, label] of labels.entries()) sums[label]! += distances[i]![j]!;
    const inside = sums[own]! / (sizes[own]! - 1);
    const outside = Math.min(
      ...sums.flatMap((sum, label) => (label === own || sizes[label] === 0 ? [] : [sum / sizes[label]!])),
    );
    const larger = Math.max(inside, outside);
    total += larger === 0 ? 0 : (outside - inside) / larger;
  }
  return total / labels.length;
}
