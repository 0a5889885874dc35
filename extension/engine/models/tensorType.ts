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

/** Every half as a number; a table, since a model has hundreds of millions. Made on first use, 256 KiB. */
let halves: Float32Array | undefined;
const allHalves = (): Float32Array =>
  (halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToNumber(bits)));

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
    for (let i = 0; i < count; i++) result[i] = view.getFloat32(4 * i, true);
  } else if (type === 'F16') {
    const table = allHalves();
    for (let i = 0; i < count; i++) result[i] = table[view.getUint16(2 * i, true)]!;
  } else {
    const words = new Uint32Array(result.buffer);
    for (let i = 0; i < count; i++) words[i] = view.getUint16(2 * i, true) << 16;
  }
  return result;
}

/** float32 numbers as stored little-endian elements, rounded to the nearest, ties to even; beyond the type's range to infinity. */
export function fromFloat32(numbers: Float32Array, type: WeightType): Uint8Array {
  if (type === 'F32') return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const result = new Uint16Array(numbers.length);
  const round = type === 'F16' ? bitsToHalf : bitsToBrain;
  for (let i = 0; i < bits.length; i++) result[i] = round(bits[i]!);
  return new Uint8Array(result.buffer);
}

/** The upper half of a float32's bits, rounded; NaN stays NaN. */
function bitsToBrain(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

const oneNumber = new Float32Array(1);
const oneWord = new Uint32Array(oneNumber.buffer);

/** The bits of a float32 -> the bits of the nearest binary16. */
function bitsToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  // Normal halves: 112 less in the exponent, 13 bits less in the fraction. A carry runs into the exponent, as it should.
  if (magnitude >= 0x38800000) return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  // Subnormal halves are multiples of 2^-24, the last bit of a float32 between 0.5 and 1: adding 0.5 rounds to them.
  oneWord[0] = magnitude;
  oneNumber[0]! += 0.5;
  return sign | (oneWord[0] - 0x3f000000);
}
