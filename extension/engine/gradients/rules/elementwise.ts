import {
  cast,
  div,
  equal,
  exp,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  log,
  mul,
  neg,
  pow,
  sub,
  where,
} from '../../graph/operators/elementwise';
import { type GradientRules, none } from '../rule';

/** Reverse rules of the elementwise operators. Where a function has a corner, the gradient is one side's: Max and Min give a tie to the first. */
export const elementwise: GradientRules = {
  Add: ({ dy }) => [() => dy, () => dy],
  Sub: ({ dy }) => [() => dy, () => neg(dy)],
  Mul: ({ dy, inputs: [a, b] }) => [() => mul(dy, b), () => mul(dy, a)],
  Div: ({ dy, inputs: [, b], output }) => [() => div(dy, b), () => neg(div(mul(dy, output), b))],
  Pow: ({ dy, inputs: [a, b], output }) => [
    () => mul(dy, mul(b, pow(a, sub(b, 1)))),
    // 0 to the power b has the derivative 0, where log(0) would make it 0 * -Infinity.
    () => mul(dy, where(equal(output, 0), 0, mul(output, log(a)))),
  ],
  Max: ({ dy, inputs: [a, b] }) => [() => where(greaterOrEqual(a, b), dy, 0), () => where(less(a, b), dy, 0)],
  Min: ({ dy, inputs: [a, b] }) => [() => where(lessOrEqual(a, b), dy, 0), () => where(greater(a, b), dy, 0)],
  Where: ({ dy, inputs: [condition] }) => [none, () => where(condition, dy, 0), () => where(condition, 0, dy)],

  Neg: ({ dy }) => [() => neg(dy)],
  Abs: ({ dy, inputs: [x] }) => [() => where(less(x, 0), neg(dy), dy)],
  Sqrt: ({ dy, output }) => [() => mul(div(dy, output), 0.5)],
  Reciprocal: ({ dy, output }) => [() => neg(mul(dy, mul(output, output)))],
  Exp: ({ dy, output }) => [() => mul(dy, output)],
  Log: ({ dy, inputs: [x] }) => [() => div(dy, x)],
  Erf: ({ dy, inputs: [x] }) => [() => mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))],
  Tanh: ({ dy, output }) => [() => mul(dy, sub(1, mul(output, output)))],
  Sigmoid: ({ dy, output }) => [() => mul(dy, mul(output, sub(1, output)))],
  Relu: ({ dy, inputs: [x] }) => [() => where(greater(x, 0), dy, 0)],
  Floor: () => [none],
  Cast: ({ dy, inputs: [x] }) => [() => cast(dy, x.type)],
};
