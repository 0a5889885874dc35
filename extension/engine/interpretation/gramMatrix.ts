/** Square and symmetric, row by row. */
export type SquareMatrix = readonly Float64Array[];

/** Inner products of all pairs of rows, [n, D] -> [n][n], in float64. */
export function gramMatrix(rows: Float32Array | Float64Array, width: number): Float64Array[] {
  const count = rows.length / width;
  const gram = Array.from({ length: count }, () => new Float64Array(count));
  for (let i = 0; i < count; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let column = 0; column < width; column++) sum += rows[i * width + column]! * rows[j * width + column]!;
      gram[i]![j] = sum;
      gram[j]![i] = sum;
    }
  return gram;
}

/** Cosines of all pairs of rows; 0 with a row of zeros. */
export function cosineMatrix(gram: SquareMatrix): Float64Array[] {
  const norms = gram.map((row, i) => Math.sqrt(row[i]!));
  return gram.map((row, i) =>
    row.map((product, j) => (norms[i] === 0 || norms[j] === 0 ? 0 : product / (norms[i]! * norms[j]!))),
  );
}
