/** Euclidean distance of each row of a prompt from the same row of another, [P, D] each -> [P]. */
export function distancesMoved(from: Float32Array, to: Float32Array, width: number): number[] {
  return Array.from({ length: to.length / width }, (_, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += (to[i]! - from[i]!) ** 2;
    return Math.sqrt(sum);
  });
}
