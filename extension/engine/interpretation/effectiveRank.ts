import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { SquareMatrix } from './gramMatrix';

/**
 * Singular values of a prompt, falling, min(P, D) of them: roots of the eigenvalues of its inner products, whose rounding in float64 stays
 * below that of a float32 prompt.
 */
export function spectrum(gram: SquareMatrix, width: number): number[] {
  const matrix = new Matrix(gram.map((row) => [...row]));
  const { realEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return realEigenvalues
    .map((eigenvalue) => Math.sqrt(Math.max(0, eigenvalue)))
    .sort((a, b) => b - a)
    .slice(0, width);
}

/** exp of the entropy of the normalised singular values: Roy and Vetterli 2007, definition 1. 0 for a prompt of zeros. */
export function effectiveRank(singularValues: readonly number[]): number {
  const sum = singularValues.reduce((total, value) => total + value, 0);
  if (sum === 0) return 0;
  const shares = singularValues.map((value) => value / sum).filter((share) => share > 0);
  return Math.exp(-shares.reduce((entropy, share) => entropy + share * Math.log(share), 0));
}
