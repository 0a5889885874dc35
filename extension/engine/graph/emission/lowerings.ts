import type { Shape } from '../dimension';
import type { Operator } from '../operator';
import type { ElementType, Value } from '../value';
import type { Emitter, OnnxAttributes } from './emitter';
import { gaussLegendre } from './quadrature';
import { hasErf, hasForwardOperators, hasFusedMatMul, hasRotaryEmbedding, type Target } from './target';

/** Emits a value whose operands have the given names; returns the name of the result. */
type Lowering<O extends Operator> = (value: Value<O>, inputs: readonly string[], emit: Emitter) => string;
type Lowerings = { readonly [O in Operator]?: Lowering<O> };

/** The largest int64 that a double holds exactly: "up to the end" of a slice. */
const theEnd = Number.MAX_SAFE_INTEGER;

/** How operators are written whose ONNX form is more than the same name and operands. Input and Weight are the writer's own. */
const lowerings: Lowerings = {
  Constant: ({ attributes, type, shape }, _, emit) => emit.constant(attributes.data, type, shape as readonly number[]),
  Dimension: ({ attributes }, _, emit) => scalarOf(emit.sizes([attributes.dimension]), emit),
  Range: ({ attributes }, _, emit) =>
    emit.node('Range', [
      emit.scalar(0, 'int64'),
      scalarOf(emit.sizes([attributes.dimension]), emit),
      emit.scalar(1, 'int64'),
    ]),

  Dequantize: ({ attributes: { axis, blockSize } }, inputs, emit) =>
    emit.node('DequantizeLinear', inputs, { axis, block_size: blockSize }),
  Cast: ({ attributes, inputs: [x] }, [name], emit) => {
    const to = emit.concrete(attributes.to);
    return emit.concrete(x!.type) === to ? name! : emit.cast(name!, to);
  },
  Softmax: ({ attributes }, inputs, emit) => emit.node('Softmax', inputs, { axis: attributes.axis }),
  Erf: (_, [x], emit) => (hasErf(emit.target) ? emit.node('Erf', [x!]) : erfByQuadrature(x!, emit)),

  MatMul: (value, inputs, emit) => (hasFusedMatMul(emit.target) ? fusedMatMul : portableMatMul)(value, inputs, emit),
  Linear: (_, inputs, emit) => emit.node('Gemm', inputs, { transB: 1 }),

  ReduceSum: (value, inputs, emit) => reduction(value, inputs, emit),
  ReduceMean: (value, inputs, emit) => reduction(value, inputs, emit),
  ReduceMax: (value, inputs, emit) => reduction(value, inputs, emit),
  ArgMax: ({ attributes }, inputs, emit) => emit.node('ArgMax', inputs, { axis: attributes.axis, keepdims: 0 }),
  TopK: ({ attributes: { axis, count } }, [x], emit) =>
    emit.nodeWithOutput(1, 'TopK', [x!, emit.int64([count])], { axis }),

  Reshape: (value, [x], emit) => emit.node('Reshape', [x!, reshapeTarget(value, emit)]),
  Expand: ({ shape }, [x], emit) => emit.node('Expand', [x!, emit.sizes(shape)]),
  Transpose: ({ attributes }, inputs, emit) => emit.node('Transpose', inputs, { perm: attributes.permutation }),
  Concat: ({ attributes }, inputs, emit) => emit.node('Concat', inputs, { axis: attributes.axis }),
  Slice: ({ attributes: { axis, start, end }, inputs: [x] }, [name], emit) =>
    emit.node('Slice', [
      name!,
      emit.sizes([start]),
      emit.sizes([end === x!.shape[axis] ? theEnd : end]),
      emit.int64([axis]),
    ]),
  Pad: ({ attributes: { axis, before, after }, type, shape }, [x], emit) => {
    const zeros: Shape = shape.map(() => 0);
    const pads = [...zeros.with(axis, before), ...zeros.with(axis, after)];
    return emit.node('Pad', [x!, emit.sizes(pads), emit.scalar(0, type)]);
  },

  Gather: ({ attributes }, inputs, emit) => emit.node('Gather', inputs, { axis: attributes.axis }),
  GatherElements: ({ attributes }, inputs, emit) => emit.node('GatherElements', inputs, { axis: attributes.axis }),
  GatherND: ({ attributes }, inputs, emit) => emit.node('GatherND', inputs, { batch_dims: attributes.batchDims }),
  ScatterND: ({ attributes: { reduction }, type }, inputs, emit) =>
    scattered('ScatterND', inputs, { reduction }, type, emit),
  ScatterElements: ({ attributes: { axis, reduction }, type }, inputs, emit) =>
    scattered('ScatterElements', inputs, { axis, reduction }, type, emit),
};

/** Composites that some targets have an operator for, which may ask for more than the composite does. */
const fused: { readonly [O in Operator]?: { fits(value: Value<O>, target: Target): boolean; lower: Lowering<O> } } = {
  Gelu: {
    fits: (_, target) => hasForwardOperators(target),
    lower: (_, inputs, emit) => emit.node('Gelu', inputs),
  },
  GeluTanh: {
    fits: (_, target) => hasForwardOperators(target),
    lower: (_, inputs, emit) => emit.node('Gelu', inputs, { approximate: 'tanh' }),
  },
  // Of ONNX's opset 1 by onnxruntime; ONNX's own RMSNormalization came with opset 23.
  RmsNorm: {
    fits: (_, target) => hasForwardOperators(target),
    lower: ({ attributes: { epsilon } }, inputs, emit) =>
      emit.node('SimplifiedLayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon }, stash_type: 1 }),
  },
  Rotary: {
    fits: ({ inputs: [x, cosine] }, target) =>
      hasRotaryEmbedding(target) && x!.shape.length === 4 && cosine!.shape.length === 2,
    // The first position is 0: the tables begin with the rows' own.
    lower: (_, inputs, emit) =>
      emit.contrib('RotaryEmbedding', [inputs[0]!, emit.int64([0]), inputs[1]!, inputs[2]!], { interleaved: 0 }),
  },
};

/** Whether a value that has an expansion is written in a form of its own all the same. @param target undefined: any. */
export function isLowered(value: Value, target: Target | undefined): boolean {
  return value.operator in lowerings || (target !== undefined && fusedForm(value, target) !== undefined);
}

/** Emits one value. Operators without a row here are ONNX's own, of the same name. */
export function lower(value: Value, inputs: readonly string[], emit: Emitter): string {
  const lowering = fusedForm(value, emit.target) ?? (lowerings[value.operator] as Lowering<Operator> | undefined);
  return lowering === undefined ? emit.node(value.operator, inputs) : lowering(value, inputs, emit);
}

function fusedForm(value: Value, target: Target): Lowering<Operator> | undefined {
  const form = fused[value.operator] as (typeof fused)['Rotary'] | undefined;
  return form?.fits(value as Value<'Rotary'>, target) === true ? (form.lower as Lowering<Operator>) : undefined;
}

/** Sums are made in float32: no provider adds to scattered halves, and rounding after every addition would lose small ones. */
function scattered(
  operator: 'ScatterND' | 'ScatterElements',
  [data, indices, updates]: readonly string[],
  attributes: OnnxAttributes & { readonly reduction: string },
  type: ElementType,
  emit: Emitter,
): string {
  if (attributes.reduction === 'none' || emit.concrete(type) !== 'float16')
    return emit.node(operator, [data!, indices!, updates!], attributes);
  const wide = [data!, updates!].map((each) => emit.cast(each, 'float32'));
  return emit.cast(emit.node(operator, [wide[0]!, indices!, wide[1]!], attributes), type);
}

function scalarOf(vector: string, emit: Emitter): string {
  return emit.node('Squeeze', [vector, emit.int64([0])]);
}

function reduction(
  { operator, attributes: { axes, keepDims } }: Value<'ReduceSum' | 'ReduceMean' | 'ReduceMax'>,
  [x]: readonly string[],
  emit: Emitter,
): string {
  return emit.node(operator, [x!, emit.int64(axes)], { keepdims: keepDims ? 1 : 0 });
}

function fusedMatMul({ attributes: a }: Value<'MatMul'>, inputs: readonly string[], emit: Emitter): string {
  if (!a.transposeA && !a.transposeB && a.scale === 1) return emit.node('MatMul', inputs);
  return emit.contrib('FusedMatMul', inputs, {
    transA: Number(a.transposeA),
    transB: Number(a.transposeB),
    alpha: { float: a.scale },
  });
}

function portableMatMul(value: Value<'MatMul'>, [a, b]: readonly string[], emit: Emitter): string {
  const { transposeA, transposeB, scale } = value.attributes;
  const left = transposeA ? swapLast(a!, value.inputs[0]!.shape.length, emit) : a!;
  const right = transposeB ? swapLast(b!, value.inputs[1]!.shape.length, emit) : b!;
  if (scale === 1) return emit.node('MatMul', [left, right]);
  // The scale goes where a width is known, which is the smaller side: a sequence is longer than a head is wide.
  const factor = emit.scalar(scale, value.type);
  if (typeof value.shape.at(-1) === 'number') return emit.node('Mul', [emit.node('MatMul', [left, right]), factor]);
  return emit.node('MatMul', [emit.node('Mul', [left, factor]), right]);
}

function swapLast(x: string, rank: number, emit: Emitter): string {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
  return emit.node('Transpose', [x], { perm });
}

/**
 * The target of an ONNX Reshape: 0 copies a dimension that stays in place, -1 takes what remains, so that most targets are constants.
 * Only what is left is computed from the inputs' shapes.
 */
function reshapeTarget({ shape, inputs: [x] }: Value<'Reshape'>, emit: Emitter): string {
  const target = shape.map((dim, axis) => (typeof dim === 'string' && dim === x!.shape[axis] ? 0 : dim));
  if (shape.includes(0)) return emit.sizes(shape);
  const symbolic = target.filter((dim) => typeof dim === 'string');
  // Rather a sum or product than a bare name: it would take more nodes to compute.
  const inferred = symbolic.find((dim) => /\W/.test(dim)) ?? symbolic.at(-1);
  const at = inferred === undefined ? -1 : target.lastIndexOf(inferred);
  return emit.sizes(target.map((dim, axis) => (axis === at ? -1 : dim)));
}

/**
 * erf(x) = 2x/sqrt(pi) * integral over t in [0, 1] of exp(-(xt)^2), by 48 Gauss-Legendre points: within 4e-15 for |x| <= 6, beyond which erf is 1
 * in float64.
 */
function erfByQuadrature(x: string, emit: Emitter): string {
  const { nodes, weights } = gaussLegendre(48);
  const type = emit.target.precision;
  const clipped = emit.node('Max', [emit.node('Min', [x, emit.scalar(6, type)]), emit.scalar(-6, type)]);
  const last = emit.int64([-1]);
  const xt = emit.node('Mul', [emit.node('Unsqueeze', [clipped, last]), emit.constant(nodes, type, [nodes.length])]);
  const integrand = emit.node('Exp', [emit.node('Neg', [emit.node('Mul', [xt, xt])])]);
  const scaled = weights.map((weight) => (weight * 2) / Math.sqrt(Math.PI));
  const integral = emit.node('MatMul', [integrand, emit.constant(scaled, type, [weights.length, 1])]);
  return emit.node('Mul', [clipped, emit.node('Squeeze', [integral, last])]);
}
