import { evaluateDimension } from './dimension';
import { mergedSteps } from './mergedSteps';
import type { Value } from './value';

/**
 * Multiplications and additions in all matrix products behind the outputs, each counted once: 2 m k n for [m, k] times [k, n].
 * @param sizes of the symbolic dimensions.
 */
export function productFlops(outputs: readonly Value[], sizes: ReadonlyMap<string, number>): number {
  let flops = 0;
  for (const { value, fed } of mergedSteps(outputs)) {
    if (!fed || (value.operator !== 'MatMul' && value.operator !== 'Linear')) continue;
    const [a] = value.inputs;
    const transposed = 'transposeA' in value.attributes && value.attributes.transposeA;
    const inner = evaluateDimension(a!.shape.at(transposed ? -2 : -1)!, sizes);
    flops += 2 * inner * value.shape.reduce((product: number, dim) => product * evaluateDimension(dim, sizes), 1);
  }
  return flops;
}
