import { productOf } from '../dimension';
import { type Value, fail, isFloating, makeValue } from '../value';
import { broadcastShapes } from './elementwise';
import { reshape } from './shaping';

export interface MatMulOptions {
  /** Whether the last two dimensions of `a` (of `b`) are swapped first. */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Factor of the product. */
  readonly scale?: number;
}

/** scale * op(a) op(b): a [..., m, k], b [..., k, n] -> [..., m, n]; leading dimensions broadcast. */
export function matmul(a: Value, b: Value, options: MatMulOptions = {}): Value {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  const said = `MatMul${transposeA ? ' transposeA' : ''}${transposeB ? ' transposeB' : ''}`;
  if (a.shape.length < 2 || b.shape.length < 2) fail(said, [a, b], 'both operands need two dimensions or more.');
  if (a.type !== b.type || !isFloating(a.type))
    fail(said, [a, b], 'both operands must have the same floating-point type.');
  const [m, k] = swapped(a.shape.slice(-2), transposeA);
  const [inner, n] = swapped(b.shape.slice(-2), transposeB);
  if (k !== inner) fail(said, [a, b], `the inner dimensions ${k} and ${inner} differ.`);
  const leading = broadcastShapes(
    said,
    [a, b].map((each) => ({ ...each, shape: each.shape.slice(0, -2) })),
  );
  return makeValue('MatMul', [a, b], { transposeA, transposeB, scale }, a.type, [...leading, m!, n!]);
}

/**
 * A linear layer, x [..., in] -> [..., out]. `weight` is [out, in] as PyTorch and safetensors files have it, `bias` [out].
 * The gradient uses the same weight again, never a transposed copy.
 */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
  const [out, width] = weight.shape;
  if (weight.shape.length !== 2) fail('Linear', inputs, 'the weight must be [out, in].');
  if (x.shape.length === 0 || x.shape.at(-1) !== width)
    fail('Linear', inputs, `the input's last dimension must be ${width}, the weight's second.`);
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== out))
    fail('Linear', inputs, `the bias must be [${out}].`);
  if (inputs.some((each) => each.type !== x.type)) fail('Linear', inputs, 'the operands must have one type.');
  if (x.shape.length === 2) return makeValue('Linear', inputs, {}, x.type, [x.shape[0]!, out!]);
  const rows = reshape(x, [productOf(x.shape.slice(0, -1)), width!]);
  return reshape(linear(rows, weight, bias), [...x.shape.slice(0, -1), out!]);
}

function swapped<T>(pair: readonly T[], swap: boolean): readonly T[] {
  return swap ? [pair[1]!, pair[0]!] : pair;
}
