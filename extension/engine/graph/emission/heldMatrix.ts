import type { Value } from '../value';
import type { Target } from './target';

/**
 * Whether a value is a frozen matrix that stays in float16 on the device ({@link Target.float16Weights}). Vectors do not: they are small, and are
 * converted once.
 */
export function isHeldMatrix(value: Value, { float16Weights, precision }: Target): value is Value<'Cast'> {
  if (float16Weights !== true || precision !== 'float32' || value.operator !== 'Cast') return false;
  const stored = value.inputs[0]!;
  return stored.operator === 'Weight' && stored.type === 'float16' && stored.shape.length === 2;
}
