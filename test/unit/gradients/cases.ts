import { geluTanh, gelu, silu, softCap } from '../../../extension/engine/graph/composites/activations';
import { attention } from '../../../extension/engine/graph/composites/attention';
import { crossEntropy } from '../../../extension/engine/graph/composites/crossEntropy';
import { layerNorm, rmsNorm } from '../../../extension/engine/graph/composites/normalization';
import { rotary } from '../../../extension/engine/graph/composites/rotary';
import { linear, matmul } from '../../../extension/engine/graph/operators/contraction';
import {
  abs,
  add,
  cast,
  div,
  erf,
  exp,
  floor,
  greater,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  sigmoid,
  sqrt,
  sub,
  tanh,
  where,
} from '../../../extension/engine/graph/operators/elementwise';
import {
  gather,
  gatherElements,
  gatherND,
  scatterElements,
  scatterND,
} from '../../../extension/engine/graph/operators/indexing';
import { reduceMax, reduceMean, reduceSum, softmax } from '../../../extension/engine/graph/operators/reductions';
import { concat, expand, pad, reshape, slice, transpose } from '../../../extension/engine/graph/operators/shaping';
import type { Value } from '../../../extension/engine/graph/value';
import type { Case, CaseInput } from './differences';

const matrix: CaseInput = { shape: ['batch', 4] };
const positive: CaseInput = { shape: ['batch', 4], between: [0.5, 2] };
/** Away from the corners at 0 and at the whole numbers, which have no derivative. */
const smooth: CaseInput = { shape: ['batch', 4], data: [-1.6, -0.7, 0.4, 1.3, 0.8, -0.3, 1.7, -1.2] };
const row: CaseInput = { shape: [4], between: [0.5, 2] };

type Values = Readonly<Record<'x' | 'a' | 'b' | 'c' | 'q' | 'k' | 'v' | 'w' | 'bias' | 'ids', Value>>;
const make = (inputs: Case['inputs'], build: (values: Values) => Value): Case => ({
  inputs,
  build: (values) => build(values),
});
const one = (input: CaseInput, build: (x: Value) => Value): Case => make({ x: input }, ({ x }) => build(x));
const two = (a: CaseInput, b: CaseInput, build: (a: Value, b: Value) => Value): Case =>
  make({ a, b }, ({ a: x, b: y }) => build(x, y));
const ids = (shape: CaseInput['shape'], data: readonly number[]): CaseInput => ({ type: 'int64', shape, data });
const constants = (shape: CaseInput['shape']): CaseInput => ({ shape, differentiate: false });

const left: CaseInput = { shape: ['batch', 3, 4] };
const right: CaseInput = { shape: ['batch', 4, 5] };
const swappedLeft: CaseInput = { shape: ['batch', 4, 3] };
const swappedRight: CaseInput = { shape: ['batch', 5, 4] };

/** What every rule is checked on: its operator alone, in every form that its rule treats differently. */
export const cases: Readonly<Record<string, Case>> = {
  Add: two(matrix, row, add),
  Sub: two(row, matrix, sub),
  Mul: two(matrix, { shape: ['batch', 1] }, mul),
  'Mul of a value with itself': one(matrix, (x) => mul(x, x)),
  Div: two(matrix, positive, div),
  Pow: two(positive, row, pow),
  'Pow with a constant exponent, of negative numbers': one(matrix, (x) => pow(x, 3)),
  Max: two(smooth, matrix, maximum),
  Min: two(smooth, row, minimum),
  Where: two(smooth, row, (a, b) => where(greater(a, 0), mul(a, a), b)),
  Neg: one(matrix, neg),
  Abs: one(smooth, abs),
  Sqrt: one(positive, sqrt),
  Reciprocal: one(positive, reciprocal),
  Exp: one(matrix, exp),
  Log: one(positive, log),
  Erf: one({ ...matrix, between: [-3, 3] }, erf),
  Tanh: one(matrix, tanh),
  Sigmoid: one(matrix, sigmoid),
  Relu: one(smooth, relu),
  Floor: one(smooth, (x) => mul(floor(x), x)),
  Cast: one(matrix, (x) => mul(cast(cast(x, 'float64'), 'float'), x)),
  Softmax: one({ shape: ['batch', 3, 4], between: [-3, 3] }, (x) => softmax(x)),
  'Softmax over an inner axis': one({ shape: ['batch', 'sequence', 4] }, (x) => softmax(x, 1)),

  MatMul: two(left, right, matmul),
  'MatMul with a transposed first operand': two(swappedLeft, right, (a, b) => matmul(a, b, { transposeA: true })),
  'MatMul with a transposed second operand, scaled': two(left, swappedRight, (a, b) =>
    matmul(a, b, { transposeB: true, scale: 0.3 }),
  ),
  'MatMul with both transposed, scaled': two(swappedLeft, swappedRight, (a, b) =>
    matmul(a, b, { transposeA: true, transposeB: true, scale: -2 }),
  ),
  'MatMul scaled, of symbolic sizes': two({ shape: ['prompt', 4] }, { shape: ['sequence', 4] }, (a, b) =>
    matmul(a, b, { transposeB: true, scale: 0.5 }),
  ),
  'MatMul broadcasting a matrix over the batch': two({ shape: ['batch', 2, 3, 4] }, { shape: [4, 5] }, matmul),
  'MatMul broadcasting both ways': two({ shape: ['batch', 1, 3, 4] }, { shape: [2, 4, 5] }, matmul),
  Linear: make({ x: { shape: ['batch', 4] }, w: { shape: [3, 4] }, b: { shape: [3] } }, ({ x, w, b }) =>
    linear(x, w, b),
  ),
  'Linear without bias, over three dimensions': two({ shape: ['batch', 'sequence', 4] }, { shape: [3, 4] }, linear),

  ReduceSum: one({ shape: ['batch', 3, 4] }, (x) => reduceSum(mul(x, x), [0, 2])),
  'ReduceSum to a scalar': one(matrix, (x) => reduceSum(mul(x, x))),
  ReduceMean: one({ shape: ['batch', 3, 4] }, (x) => reduceMean(mul(x, x), [-1], { keepDims: true })),
  'ReduceMean over a symbolic dimension': one({ shape: ['batch', 'sequence', 4] }, (x) =>
    reduceMean(mul(x, x), [0, 1]),
  ),
  ReduceMax: one(smooth, (x) => reduceMax(x, [1])),

  Reshape: one({ shape: ['batch', 'sequence', 4] }, (x) =>
    mul(reshape(x, ['batch*sequence', 2, 2]), reshape(x, [-1, 2, 2])),
  ),
  Expand: one({ shape: ['batch', 1, 4] }, (x) => expand(mul(x, x), [3, 'batch', 'batch', 4])),
  Transpose: one({ shape: ['batch', 3, 4] }, (x) => transpose(x, [2, 0, 1])),
  Slice: one({ shape: ['batch', 'sequence', 4] }, (x) => slice(x, 2, 1, 3)),
  'Slice at symbolic places': make(
    { x: { shape: ['batch', 'prompt + sequence', 4] }, a: { shape: ['batch', 'sequence', 'prompt'] } },
    ({ x, a }) => add(slice(x, 1, 'prompt'), slice(a, -1, 0, 4)),
  ),
  Pad: one({ shape: ['batch', 'sequence'] }, (x) => pad(x, 1, 2, 'batch')),
  Concat: make(
    { a: { shape: ['batch', 'prompt', 3] }, b: { shape: ['batch', 'sequence', 3] }, c: { shape: ['batch', 1, 3] } },
    ({ a, b, c }) => concat([a, b, c], 1),
  ),
  'Concat of a value with itself': one(matrix, (x) => concat([x, mul(x, x), x], -1)),

  Gather: make({ x: { shape: [6, 3] }, ids: ids(['batch', 'sequence'], [5, 0, 5, 2, 5, 1]) }, ({ x, ids: at }) =>
    gather(x, at),
  ),
  'Gather along an inner axis': make({ x: { shape: ['batch', 6, 3] }, ids: ids([4], [1, 1, 5, 0]) }, ({ x, ids: at }) =>
    gather(x, at, 1),
  ),
  GatherElements: make({ x: { shape: ['batch', 5] }, ids: ids(['batch', 3], [0, 4, 4, 1, 2, 1]) }, ({ x, ids: at }) =>
    gatherElements(x, at, 1),
  ),
  GatherND: make(
    { x: { shape: ['batch', 'sequence', 4] }, ids: ids(['targets', 2], [1, 2, 0, 0, 1, 2, 0, 1]) },
    ({ x, ids: at }) => gatherND(x, at),
  ),
  'GatherND within the batch': make(
    { x: { shape: ['batch', 'sequence', 4] }, ids: ids(['batch', 'targets', 1], [2, 0, 2, 1, 0, 0, 1, 2]) },
    ({ x, ids: at }) => gatherND(x, at, 1),
  ),
  ScatterND: make(
    { a: { shape: [6, 3] }, b: { shape: ['batch', 3] }, ids: ids(['batch', 1], [4, 1]) },
    ({ a, b, ids: at }) => scatterND(a, at, b),
  ),
  'ScatterND adding up': make(
    { a: { shape: [6, 3] }, b: { shape: ['batch', 3] }, ids: ids(['batch', 1], [4, 4]) },
    ({ a, b, ids: at }) => scatterND(a, at, b, 'add'),
  ),
  ScatterElements: make(
    { a: { shape: ['batch', 5] }, b: { shape: ['batch', 2] }, ids: ids(['batch', 2], [0, 4, 3, 1]) },
    ({ a, b, ids: at }) => scatterElements(a, at, b, 1),
  ),
  'ScatterElements adding up': make(
    { a: { shape: ['batch', 5] }, b: { shape: ['batch', 2] }, ids: ids(['batch', 2], [4, 4, 3, 1]) },
    ({ a, b, ids: at }) => scatterElements(a, at, b, 1, 'add'),
  ),

  RmsNorm: make({ x: { shape: ['batch', 'sequence', 4] }, w: { shape: [4] } }, ({ x, w }) => rmsNorm(x, w, 1e-6)),
  LayerNorm: make({ x: { shape: ['batch', 4] }, w: { shape: [4] }, b: { shape: [4] } }, ({ x, w, b }) =>
    layerNorm(x, w, b, 1e-5),
  ),
  Attention: make(
    {
      q: { shape: ['batch', 2, 'prompt', 4] },
      k: { shape: ['batch', 2, 'sequence', 4] },
      v: { shape: ['batch', 2, 'sequence', 3] },
      bias: { shape: [1, 2, 'prompt', 'sequence'] },
    },
    ({ q, k, v, bias }) => attention(q, k, v, { scale: 0.7, bias }),
  ),
  'Attention with capped scores': make(
    {
      q: { shape: ['batch', 4, 'prompt', 4], between: [-3, 3] },
      k: { shape: ['batch', 2, 'sequence', 4], between: [-3, 3] },
      v: { shape: ['batch', 2, 'sequence', 3] },
      bias: { shape: [1, 1, 'prompt', 'sequence'] },
    },
    ({ q, k, v, bias }) => attention(q, k, v, { scale: 0.7, bias, softcap: 1.5 }),
  ),
  'Attention with grouped queries and a mask': make(
    {
      q: { shape: ['batch', 6, 'sequence', 4] },
      k: { shape: ['batch', 2, 'sequence', 4] },
      v: { shape: ['batch', 2, 'sequence', 4] },
      bias: { shape: [1, 1, 'sequence', 'sequence'], data: [0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0], differentiate: false },
    },
    ({ q, k, v, bias }) => attention(q, k, v, { scale: 0.5, bias }),
  ),
  'Attention of one key head, without bias': make(
    {
      q: { shape: ['batch', 3, 'sequence', 4] },
      k: { shape: ['batch', 1, 'prompt', 4] },
      v: { shape: ['batch', 1, 'prompt', 4] },
    },
    ({ q, k, v }) => attention(q, k, v, { scale: 1 }),
  ),
  Rotary: make(
    { x: { shape: ['batch', 2, 'sequence', 4] }, a: constants(['sequence', 2]), b: constants(['sequence', 2]) },
    ({ x, a, b }) => rotary(x, a, b),
  ),
  Gelu: one({ ...matrix, between: [-3, 3] }, gelu),
  GeluTanh: one({ ...matrix, between: [-3, 3] }, geluTanh),
  'Soft cap': one({ ...matrix, between: [-3, 3] }, (x) => softCap(x, 1.5)),
  Silu: one({ ...matrix, between: [-3, 3] }, silu),
  CrossEntropy: make(
    { x: { shape: ['targets', 6], between: [-4, 4] }, ids: ids(['targets'], [0, 5, 2, 2]) },
    ({ x, ids: at }) => crossEntropy(x, at),
  ),
};
