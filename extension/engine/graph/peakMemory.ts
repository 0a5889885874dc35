import { evaluateDimension } from './dimension';
import { mergedSteps, type Step } from './mergedSteps';
import type { ElementType, Value } from './value';

const elementBytes: Readonly<Record<ElementType, number>> = {
  ...{
    float: 4,
    floatWide: 4,
    float32: 4,
    float64: 8,
    float16: 2,
    int4: 0.5,
    bfloat16: 2,
    int64: 8,
    int32: 4,
    bool: 1,
  },
};

/**
 * The most bytes that are alive at once while the outputs are computed in float32: the values are gone through in their order, each
 * lives from where it is made to where it is last used. What hangs on no input (weights and what is made of them alone) is
 * not counted.
 *
 * @param sizes of the symbolic dimensions.
 * @throws Error for a dimension that is not in `sizes`.
 */
export function peakMemory(outputs: readonly Value[], sizes: ReadonlyMap<string, number>): number {
  const steps = mergedSteps(outputs);
  const lastUse = new Map<Step, number>();
  for (const [at, step] of steps.entries()) for (const used of step.inputs) lastUse.set(used.storage, at);
  let alive = 0;
  let peak = 0;
  const bytesOf = ({ value: { type, shape } }: Step): number =>
    shape.reduce((product: number, dim) => product * evaluateDimension(dim, sizes), elementBytes[type]);
  for (const [at, step] of steps.entries()) {
    if (step.fed && step.storage === step) alive += bytesOf(step);
    peak = Math.max(peak, alive);
    for (const ended of new Set(step.inputs.map(({ storage }) => storage)))
      if (ended.fed && lastUse.get(ended) === at) alive -= bytesOf(ended);
  }
  return peak;
}
