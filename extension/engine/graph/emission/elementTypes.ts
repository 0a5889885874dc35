import { TensorProto_DataType as DataType } from 'onnx-buf';
import type { ConstantData } from '../operator';
import { type ElementType, GraphError } from '../value';

export type ConcreteType = Exclude<ElementType, 'float' | 'floatWide'>;

const onnxTypes: Readonly<Record<ConcreteType, DataType>> = {
  float64: DataType.DOUBLE,
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  bfloat16: DataType.BFLOAT16,
  int64: DataType.INT64,
  int32: DataType.INT32,
  int4: DataType.INT4,
  bool: DataType.BOOL,
};

export function onnxType(type: ConcreteType): DataType {
  return onnxTypes[type];
}

/** The numbers as a typed array of an element type. @throws GraphError for a type that no numbers are given in. */
export function typedArray(
  data: ConstantData,
  type: ConcreteType,
): Float64Array | Float32Array | BigInt64Array | Int32Array | Uint16Array | Uint8Array {
  switch (type) {
    case 'float64':
      return data instanceof Float64Array ? data : Float64Array.from(data as ArrayLike<number>, Number);
    case 'float32':
      return data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>, Number);
    case 'int64':
      return data instanceof BigInt64Array ? data : BigInt64Array.from(data as Iterable<number>, BigInt);
    case 'int32':
      return data instanceof Int32Array ? data : Int32Array.from(data as ArrayLike<number>, Number);
    case 'bool':
      return data instanceof Uint8Array ? data : Uint8Array.from(data as ArrayLike<number>, Number);
    case 'float16':
      // What a session gave out as float16 goes in again; nothing else is converted to it here.
      if (data instanceof Uint16Array) return data;
      throw new GraphError('float16 is given as the bits of its numbers, a Uint16Array.');
    default:
      throw new GraphError(`Numbers cannot be given as ${type}; give them as float and cast.`);
  }
}

/** The numbers as little-endian bytes, as ONNX stores them. */
export function elementBytes(data: ConstantData, type: ConcreteType): Uint8Array<ArrayBuffer> {
  const array = typedArray(data, type);
  return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}
