import { type Dim, dimension, productOf, shapeText } from './dimension';
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
  readonly storage: 'float64' | 'float32' | 'float16' | 'bfloat16';
  readonly shape: readonly number[];
}

const bytesPerElement = { float64: 8, float32: 4, float16: 2, bfloat16: 2 } as const;

/** A frozen weight of type `float`, used in place in its file: the bytes are mapped, never copied into the model. */
export function weight(source: WeightSource): Value {
  const { name, file, offset, length, storage, shape } = source;
  const expected = Number(productOf(shape)) * bytesPerElement[storage];
  if (expected !== length)
    throw new GraphError(
      `Weight "${name}": ${storage} ${shapeText(shape)} needs ${expected} bytes, but the file says ${length}.`,
    );
  const stored = makeValue('Weight', [], { name, file, offset, length }, storage, shape);
  return makeValue('Cast', [stored], { to: 'float' }, 'float', shape);
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
