/** Element types a weights file may hold; the names are those of the safetensors format. */
export const bytesPerElement = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;

export type TensorType = keyof typeof bytesPerElement;
/** What a frozen weight may be stored as. */
export type WeightType = 'F32' | 'F16' | 'BF16';

export function isTensorType(name: unknown): name is TensorType {
  return typeof name === 'string' && Object.hasOwn(bytesPerElement, name);
}

export function isWeightType(type: TensorType): type is WeightType {
  return type === 'F32' || type === 'F16' || type === 'BF16';
}

/** IEEE 754 binary16 bits -> number, exactly. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Stored little-endian elements as float32; exact, since float32 holds every F16 and BF16.
 *
 * @param bytes whole elements; need not be aligned.
 */
export function toFloat32(bytes: Uint8Array, type: WeightType): Float32Array {
  const count = bytes.byteLength / bytesPerElement[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float32Array(count);
  if (type === 'F32') {
    // Every machine that onnxruntime-node runs on is little-endian too.
    new Uint8Array(result.buffer).set(bytes);
  } else if (type === 'F16') {
    for (let i = 0; i < count; i++) result[i] = halfToNumber(view.getUint16(2 * i, true));
  } else {
    const words = new Uint32Array(result.buffer);
    for (let i = 0; i < count; i++) words[i] = view.getUint16(2 * i, true) << 16;
  }
  return result;
}
