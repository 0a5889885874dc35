import { type Dim, type Shape } from '../dimension';
import { scalarLike } from '../leaves';
import { type ElementType, type Value, fail, isFloating, makeValue } from '../value';

/** A value, or a number that takes the other operand's type. */
export type Operand = Value | number;

type Binary =
  | 'Add'
  | 'Sub'
  | 'Mul'
  | 'Div'
  | 'Pow'
  | 'Max'
  | 'Min'
  | 'Equal'
  | 'Less'
  | 'LessOrEqual'
  | 'Greater'
  | 'GreaterOrEqual';

/** a + b, with NumPy's broadcasting, as all the binary operators here. */
export function add(a: Operand, b: Operand): Value {
  if (a === 0 && typeof b !== 'number') return b;
  if (b === 0 && typeof a !== 'number') return a;
  return binary('Add', a, b);
}
export function sub(a: Operand, b: Operand): Value {
  return b === 0 && typeof a !== 'number' ? a : binary('Sub', a, b);
}
export function mul(a: Operand, b: Operand): Value {
  if (a === 1 && typeof b !== 'number') return b;
  if (b === 1 && typeof a !== 'number') return a;
  return binary('Mul', a, b);
}
export function div(a: Operand, b: Operand): Value {
  return b === 1 && typeof a !== 'number' ? a : binary('Div', a, b);
}
/** a to the power b, elementwise. */
export function pow(a: Operand, b: Operand): Value {
  return binary('Pow', a, b);
}
export function maximum(a: Operand, b: Operand): Value {
  return binary('Max', a, b);
}
export function minimum(a: Operand, b: Operand): Value {
  return binary('Min', a, b);
}
export function equal(a: Operand, b: Operand): Value {
  return binary('Equal', a, b, 'bool');
}
export function less(a: Operand, b: Operand): Value {
  return binary('Less', a, b, 'bool');
}
export function lessOrEqual(a: Operand, b: Operand): Value {
  return binary('LessOrEqual', a, b, 'bool');
}
export function greater(a: Operand, b: Operand): Value {
  return binary('Greater', a, b, 'bool');
}
export function greaterOrEqual(a: Operand, b: Operand): Value {
  return binary('GreaterOrEqual', a, b, 'bool');
}
export function and(a: Value, b: Value): Value {
  return logical('And', [a, b]);
}
export function or(a: Value, b: Value): Value {
  return logical('Or', [a, b]);
}
export function not(a: Value): Value {
  return logical('Not', [a]);
}

/** `a` where the condition holds, `b` elsewhere; all three broadcast. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const [x, y] = operands('Where', a, b);
  if (condition.type !== 'bool') fail('Where', [condition, x, y], 'the condition must be bool.');
  const shape = broadcastShapes('Where', [condition, x, y]);
  return makeValue('Where', [condition, x, y], {}, x.type, shape);
}

export function neg(x: Value): Value {
  return makeValue('Neg', [x], {}, x.type, x.shape);
}
export function abs(x: Value): Value {
  return makeValue('Abs', [x], {}, x.type, x.shape);
}
export function sqrt(x: Value): Value {
  return floating('Sqrt', x);
}
export function reciprocal(x: Value): Value {
  return floating('Reciprocal', x);
}
export function exp(x: Value): Value {
  return floating('Exp', x);
}
export function log(x: Value): Value {
  return floating('Log', x);
}
/** The Gauss error function. */
export function erf(x: Value): Value {
  return floating('Erf', x);
}
export function tanh(x: Value): Value {
  return floating('Tanh', x);
}
export function sigmoid(x: Value): Value {
  return floating('Sigmoid', x);
}
export function relu(x: Value): Value {
  return floating('Relu', x);
}
export function floor(x: Value): Value {
  return floating('Floor', x);
}

/** Converts to another type; a value that has it already is returned as it is. */
export function cast(x: Value, to: ElementType): Value {
  return x.type === to ? x : makeValue('Cast', [x], { to }, to, x.shape);
}

/** The shape of several operands broadcast against each other; symbolic dimensions must be the same one. */
export function broadcastShapes(operator: string, inputs: readonly Value[]): Shape {
  const rank = Math.max(...inputs.map((each) => each.shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let result: Dim = 1;
    for (const { shape } of inputs) {
      const dim = shape[axis - rank + shape.length] ?? 1;
      if (dim === 1 || dim === result) continue;
      if (result !== 1)
        fail(operator, inputs, `dimensions ${result} and ${dim} (axis ${axis - rank}) do not broadcast.`);
      result = dim;
    }
    return result;
  });
}

function operands(operator: string, a: Operand, b: Operand): [Value, Value] {
  if (typeof a === 'number' && typeof b === 'number')
    throw new TypeError(`${operator}: at least one operand must be a value.`);
  const x = typeof a === 'number' ? scalarLike(a, b as Value) : a;
  const y = typeof b === 'number' ? scalarLike(b, x) : b;
  if (x.type !== y.type)
    fail(operator, [x, y], `the operands have different types, ${x.type} and ${y.type}; cast one of them.`);
  return [x, y];
}

function binary(operator: Binary, a: Operand, b: Operand, type?: ElementType): Value {
  const [x, y] = operands(operator, a, b);
  return makeValue(operator, [x, y], {}, type ?? x.type, broadcastShapes(operator, [x, y]));
}

function logical(operator: 'And' | 'Or' | 'Not', inputs: readonly Value[]): Value {
  if (inputs.some((each) => each.type !== 'bool')) fail(operator, inputs, 'the operands must be bool.');
  return makeValue(operator, inputs, {}, 'bool', broadcastShapes(operator, inputs));
}

function floating(
  operator: 'Sqrt' | 'Reciprocal' | 'Exp' | 'Log' | 'Erf' | 'Tanh' | 'Sigmoid' | 'Relu' | 'Floor',
  x: Value,
): Value {
  if (!isFloating(x.type)) fail(operator, [x], `it needs a floating-point operand; cast it.`);
  return makeValue(operator, [x], {}, x.type, x.shape);
}
