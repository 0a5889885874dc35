import { inOrder } from '../../graph/order';
import type { Value } from '../../graph/value';
import { type BlockAxis, blockSize } from './int4Blocks';

/**
 * The weights that stand in linear maps and nowhere else, and along which axis their inputs lie: what can be quantised. Embeddings
 * are read row by row, also where they are the head's weight too; norms and biases are no matrices. A matrix may also be cut into its heads.
 */
export function linearWeights(outputs: readonly Value[]): Map<string, BlockAxis> {
  const axes = new Map<string, BlockAxis>();
  const elsewhere = new Set<string>();
  for (const value of inOrder(outputs, ({ inputs, expansion }) => (expansion === undefined ? inputs : [expansion()])))
    for (const [operand, input] of value.inputs.entries()) {
      const name = weightName(input);
      if (name === undefined || value.operator === 'Cast' || value.operator === 'Reshape') continue;
      const axis = operand === 1 ? inputAxis(value) : undefined;
      if (axis === undefined || Number(input.shape[axis]) % blockSize !== 0) elsewhere.add(name);
      else axes.set(name, axis);
    }
  return new Map([...axes].filter(([name]) => !elsewhere.has(name)));
}

/** The axis of the second operand that is summed over; undefined where it is no matrix product. */
function inputAxis(value: Value): BlockAxis | undefined {
  if (value.inputs[1]!.shape.length !== 2) return undefined;
  if (value.operator === 'Linear') return 1;
  if (value.operator === 'MatMul') return (value as Value<'MatMul'>).attributes.transposeB ? 1 : 0;
  return undefined;
}

/** The name of a frozen weight as the graph uses it; undefined for any other value. */
function weightName(value: Value): string | undefined {
  const stored = value.operator === 'Cast' ? value.inputs[0]! : value;
  return stored.operator === 'Weight' ? (stored as Value<'Weight'>).attributes.name : undefined;
}
