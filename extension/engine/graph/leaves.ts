import { type Dim, dimension, productOf, sameShape, shapeText } from './dimension';
import type { ConstantData } from './operator';
import { type ElementType, GraphError, type Value, isFloating, makeValue } from './value';

/** A tensor that is fed at every run. Its dimensions may be names, which are the sizes that other shapes are computed from. */
export function input(name: string, type: ElementType, shape: readonly Dim[]): Value {
  return makeValue('Input', [], { name }, type, shape.map(dimension));
}

/** Numbers written into the model itself; for what is small. `data` is row-major, a single number fills a scalar. */
export function constant(data: number | ConstantData, type: ElementType, shape?: readonly number[]): Value {
  const numbers: ConstantData = typeof data === 'number' ? [data] : data;
  const dims = shape ?? (typeof data === 'number' ? [] : [numbers.length]);
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (elements !== numbers.length)
    throw new GraphError(
      `Constant: shape ${shapeText(dims)} has ${elements} elements, but ${numbers.length} numbers were given.`,
    );
  return makeValue('Constant', [], { data: numbers }, type, dims);
}

/** Where a frozen weight's bytes lie. */
export interface WeightSource {
  /** The tensor's name in the checkpoint; for error messages and for reading the ONNX. */
  readonly name: string;
  /** Path of the file that holds it; symbolic links are followed. */
  readonly file: string;
  /** First byte in that file. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
  /** How the numbers are stored there, little-endian, row-major. */
  readonly storage: 'float64' | 'float32' | 'float16' | 'bfloat16' | 'int4';
  readonly shape: readonly number[];
}

/** Two int4 share a byte, the first one in its low half. */
const bytesPerElement = { float64: 8, float32: 4, float16: 2, bfloat16: 2, int4: 0.5 } as const;

/** A frozen weight of type `float`, used in place in its file: the bytes are mapped, never copied into the model. */
export function weight(source: WeightSource): Value {
  return makeValue('Cast', [stored(source)], { to: 'float' }, 'float', source.shape);
}

/**
 * A frozen weight of type `float` that stays quantised while the model runs: signed 4-bit codes, each block of `blockSize` codes along
 * `axis` with a scale of its own (ONNX DequantizeLinear, version 21, "blocked quantization"). Forward and backward pass read the same
 * codes.
 */
export function quantisedWeight(codes: WeightSource, scales: WeightSource, axis: number, blockSize: number): Value {
  const blocks = codes.shape.map((length, each) => (each === axis ? length / blockSize : length));
  if (codes.storage !== 'int4' || scales.storage !== 'float32' || !sameShape(scales.shape, blocks))
    throw new GraphError(
      `Weight "${codes.name}": it needs int4 codes and float32 scales ${shapeText(blocks)}, not ${codes.storage} and ${scales.storage} ${shapeText(scales.shape)}.`,
    );
  const inputs = [stored(codes), stored(scales)];
  const numbers = makeValue('Dequantize', inputs, { axis, blockSize }, 'float32', codes.shape);
  return makeValue('Cast', [numbers], { to: 'float' }, 'float', codes.shape);
}

function stored({ name, file, offset, length, storage, shape }: WeightSource): Value {
  const expected = Number(productOf(shape)) * bytesPerElement[storage];
  if (expected !== length)
    throw new GraphError(
      `Weight "${name}": ${storage} ${shapeText(shape)} needs ${expected} bytes, but the file says ${length}.`,
    );
  return makeValue('Weight', [], { name, file, offset, length }, storage, shape);
}

/** The size of a dimension while the model runs, int64 []; a constant where it is known. */
export function dimensionValue(dim: Dim): Value {
  const canonical = dimension(dim);
  if (typeof canonical === 'number') return constant(canonical, 'int64');
  return makeValue('Dimension', [], { dimension: canonical }, 'int64', []);
}

/** 0, 1, ..., up to but without the size of the dimension: int64 [dim]. */
export function range(dim: Dim): Value {
  const canonical = dimension(dim);
  if (typeof canonical === 'number')
    return constant(
      Array.from({ length: canonical }, (_, i) => i),
      'int64',
    );
  return makeValue('Range', [], { dimension: canonical }, 'int64', [canonical]);
}

/** The number of the type of `like`, as operators accept it in place of a value. */
export function scalarLike(number: number, like: Value): Value {
  if (!isFloating(like.type) && !Number.isInteger(number))
    throw new GraphError(`${number} is not a whole number, and the other operand is ${like.type}.`);
  return constant(number, like.type);
}
