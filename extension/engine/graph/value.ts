/**
 * The graph, in one paragraph. A `Value` is an immutable expression: an operator, its operands, a type and a symbolic shape. Nothing owns
 * it, there is no builder to pass round: `add(a, b)` returns a new value or throws a `GraphError` that says which operator, on which
 * shapes, in which part of the model. `writeModel({ outputs })` (emission/writeModel.ts) walks back from the outputs, so what they do not need is
 * never written, merges equal expressions, chooses the operators that suit the execution provider, and returns ONNX bytes;
 * `openSession` (session.ts) runs them. Because an expression is data, `gradient(loss, [prompt])` (../gradients) simply returns more
 * expressions, and a rule that computes something the forward pass has computed too costs nothing: the two are merged.
 *
 * - dimension.ts    symbolic dimensions
 * - operator.ts     every operator and its attributes
 * - leaves.ts       inputs, constants, frozen weights in a safetensors file
 * - operators/      the operators as functions, with shape and type inference
 * - composites/     what models are made of: norms, attention, rotary positions, activations, cross entropy
 * - emission/       values -> ONNX, per execution provider and precision
 * - session.ts      the only file that knows onnxruntime
 *
 * The type `float` is the precision chosen when the model is written (float32; float16 for a GPU; float64 for checking gradients on the
 * CPU), so one expression serves all.
 */
import type { Operator, OperatorAttributes } from './operator';
import { type Shape, shapeText } from './dimension';

/**
 * `float`: the precision of the written model; `floatWide`: the same, but float32 where that is float16, for sums and exponentials that
 * float16 cannot hold. The others are what they say; float16, bfloat16 and int4 occur as storage of weights.
 */
export type ElementType =
  'float' | 'floatWide' | 'float64' | 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int4' | 'bool';

export interface Value<O extends Operator = Operator> {
  readonly operator: O;
  readonly inputs: readonly Value[];
  readonly attributes: OperatorAttributes[O];
  readonly type: ElementType;
  readonly shape: Shape;
  /** The part of the model that made it, as `layers.3/attention`; empty at the top. */
  readonly scope: string;
  /** For a composite: the same value made of simpler operators. */
  readonly expansion?: () => Value;
}

/** A value that cannot be: wrong shapes or types. The message names the operator, its operands and the part of the model. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
}

const scopes: string[] = [];

/** Runs `build` with `name` as the part of the model that error messages and node names tell. */
export function scope<T>(name: string, build: () => T): T {
  scopes.push(name);
  try {
    return build();
  } finally {
    scopes.pop();
  }
}

/** Makes a value. Operators check their operands before they call it. */
export function makeValue<O extends Operator>(
  operator: O,
  inputs: readonly Value[],
  attributes: OperatorAttributes[O],
  type: ElementType,
  shape: Shape,
): Value {
  return { operator, inputs, attributes, type, shape, scope: scopes.join('/') };
}

/** Makes a value that is written as `expand()`, yet is one step for the gradient. Type and shape are those of the expansion. */
export function makeComposite<O extends Operator>(
  operator: O,
  inputs: readonly Value[],
  attributes: OperatorAttributes[O],
  expand: () => Value,
): Value {
  const expanded = scope(operator, expand);
  return { ...makeValue(operator, inputs, attributes, expanded.type, expanded.shape), expansion: () => expanded };
}

/** Throws the error of an operator: `MatMul(float [a, b], float [c, d]) in layers.0: reason`. */
export function fail(operator: string, inputs: readonly Value[], reason: string): never {
  const operands = inputs.map((input) => `${input.type} ${shapeText(input.shape)}`).join(', ');
  const where = scopes.length > 0 ? ` in ${scopes.join('/')}` : '';
  throw new GraphError(`${operator}(${operands})${where}: ${reason}`);
}

/** An axis counted from the end made one counted from the front. */
export function axisOf(operator: string, x: Value, axis: number): number {
  const rank = x.shape.length;
  const counted = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || counted < 0 || counted >= rank)
    fail(operator, [x], `axis ${axis} does not exist in ${rank} dimensions.`);
  return counted;
}

export function isFloating(type: ElementType): boolean {
  return type.startsWith('float') || type === 'bfloat16';
}
