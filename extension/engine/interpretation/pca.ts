import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { gramMatrix } from './gramMatrix';

/** Principal components of some points, to which others can be projected. */
export interface PrincipalComponents {
  /** Points in the components' coordinates, largest variance first. */
  readonly scores: readonly (readonly number[])[];
  /** Share of the whole variance that each component has. */
  readonly explained: readonly number[];
  /** Other points [n, D] in the same coordinates, all of them or the first few. */
  readonly project: (rows: Float32Array, components?: number) => number[][];
}

/**
 * Principal component analysis of the rows of [n, D]. Through the inner products of the rows, which are fewer than their numbers: with
 * X = U S V^T the scores are U S, and V = X^T U / S.
 *
 * @param most components that are kept; fewer where the points span fewer.
 */
export function principalComponents(rows: Float32Array, width: number, most: number): PrincipalComponents {
  const count = rows.length / width;
  const mean = new Float64Array(width);
  for (const [i, number] of rows.entries()) mean[i % width]! += number / count;
  const centred = Float64Array.from(rows, (number, i) => number - mean[i % width]!);
  const gram = new Matrix(gramMatrix(centred, width).map((row) => [...row]));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  const order = realEigenvalues
    .map((value, column) => ({ value, column }))
    .sort((a, b) => b.value - a.value)
    .filter(({ value }) => value > total * 1e-12)
    .slice(0, most);

  const axes = order.map(({ value, column }) => {
    const axis = new Float64Array(width);
    for (let row = 0; row < count; row++) {
      const factor = eigenvectorMatrix.get(row, column) / Math.sqrt(value);
      for (let i = 0; i < width; i++) axis[i]! += factor * centred[row * width + i]!;
    }
    return turnedUp(axis);
  });
  const project = (others: Float32Array, components = axes.length): number[][] =>
    Array.from({ length: others.length / width }, (_, row) =>
      axes.slice(0, components).map((axis) => {
        let sum = 0;
        for (let i = 0; i < width; i++) sum += axis[i]! * (others[row * width + i]! - mean[i]!);
        return sum;
      }),
    );
  return { scores: project(rows), explained: order.map(({ value }) => value / total), project };
}

/** An axis has no sign of its own: its largest part is made positive, so that a picture comes out the same each time. */
function turnedUp(axis: Float64Array): Float64Array {
  const largest = axis.reduce((best, part) => (Math.abs(part) > Math.abs(best) ? part : best), 0);
  return largest < 0 ? axis.map((part) => -part) : axis;
}
