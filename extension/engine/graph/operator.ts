import type { Dim } from './dimension';
import type { ElementType } from './value';

type None = Readonly<Record<string, never>>;
interface Axis {
  readonly axis: number;
}
interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Numbers of a constant, row-major. Uint16Array: the bits of float16 numbers, which only an input of that type takes. */
export type ConstantData =
  readonly number[] | Float32Array | Float64Array | Int32Array | BigInt64Array | Uint16Array | Uint8Array;

/** Every operator a value can have, with its attributes. Names are ONNX's where the meaning is. */
export interface OperatorAttributes {
  // Leaves.
  Input: { readonly name: string };
  Constant: { readonly data: ConstantData };
  /** `length` bytes at `offset` of `file`, stored as `storage`, row-major. */
  Weight: { readonly name: string; readonly file: string; readonly offset: number; readonly length: number };
  /** The size of a dimension while the model runs: int64 []. */
  Dimension: { readonly dimension: Dim };
  /** 0, 1, ... up to the size of the dimension: int64. */
  Range: { readonly dimension: Dim };

  /** codes [...], scales with one number for each `blockSize` codes of `axis` -> codes times their block's scale. */
  Dequantize: { readonly axis: number; readonly blockSize: number };

  // Elementwise, broadcasting.
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Pow: None;
  Max: None;
  Min: None;
  Equal: None;
  Less: None;
  LessOrEqual: None;
  Greater: None;
  GreaterOrEqual: None;
  And: None;
  Or: None;
  Where: None;

  // Elementwise, one operand.
  Not: None;
  Neg: None;
  Abs: None;
  Sqrt: None;
  Reciprocal: None;
  Exp: None;
  Log: None;
  Erf: None;
  Tanh: None;
  Sigmoid: None;
  Relu: None;
  Floor: None;
  Cast: { readonly to: ElementType };
  Softmax: Axis;

  // Contractions. `scale` multiplies the product.
  MatMul: { readonly transposeA: boolean; readonly transposeB: boolean; readonly scale: number };
  /** x [n, in], weight [out, in], optional bias [out] -> [n, out]. */
  Linear: None;

  // Reductions.
  ReduceSum: Reduction;
  ReduceMean: Reduction;
  ReduceMax: Reduction;
  ArgMax: Axis;
  /** Indices of the `count` largest elements. */
  TopK: { readonly axis: number; readonly count: number };

  // Shape. The wanted shape is the value's own.
  Reshape: None;
  Expand: None;
  Transpose: { readonly permutation: readonly number[] };
  Concat: Axis;
  Slice: { readonly axis: number; readonly start: Dim; readonly end: Dim };
  Pad: { readonly axis: number; readonly before: Dim; readonly after: Dim };

  // Indexing.
  Gather: Axis;
  GatherElements: Axis;
  GatherND: { readonly batchDims: number };
  ScatterND: { readonly reduction: 'none' | 'add' };
  ScatterElements: { readonly axis: number; readonly reduction: 'none' | 'add' };

  // Composites.
  RmsNorm: { readonly epsilon: number };
  LayerNorm: { readonly epsilon: number };
  Attention: { readonly scale: number; readonly softcap: number | undefined };
  Rotary: None;
  Gelu: None;
  GeluTanh: None;
  Silu: None;
  CrossEntropy: None;
}

export type Operator = keyof OperatorAttributes;
