import { safetensorsHeader, safetensorsPrefix } from '../models/safetensors';
import { isWeightType, toFloat32 } from '../models/tensorType';

/**
 * Small named tensors as the bytes of a safetensors file (https://github.com/huggingface/safetensors#format), whole in memory.
 * Large weight files are read in place by models/; this is for prompts and optimiser states.
 */
export interface Tensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array | Float64Array;
}

/** Bytes of the file; F32 and F64 by the type of the data. Tensors of one type come in the order of their names. */
export function encodeTensors(tensors: Readonly<Record<string, Tensor>>): Uint8Array {
  const entries = Object.entries(tensors).toSorted(
    ([a, { data: x }], [b, { data: y }]) => y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  for (const [name, { shape, data }] of entries) {
    const count = shape.reduce((product, size) => product * size, 1);
    if (count !== data.length) throw new Error(`tensor "${name}": shape [${shape.join(', ')}] is not ${data.length}`);
  }
  const described = entries.map(
    ([name, { shape, data }]) => ({ name, type: data instanceof Float64Array ? 'F64' : 'F32', shape }) as const,
  );
  const numbers = entries.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return Buffer.concat([safetensorsPrefix(described, { format: 'pt' }), ...numbers]);
}

/**
 * The tensors of a file; F16 and BF16 are widened to float32.
 * @param file for messages.
 * @throws ModelError when the bytes are not a whole safetensors file; Error when a tensor is of another type.
 */
export function decodeTensors(bytes: Uint8Array, file: string): Record<string, Tensor> {
  const { tensors } = safetensorsHeader(bytes, file);
  const decoded = [...tensors.values()].map(({ name, type, shape, offset, byteLength }): [string, Tensor] => {
    const stored = bytes.subarray(offset, offset + byteLength);
    if (type === 'F64') return [name, { shape, data: float64s(stored) }];
    if (isWeightType(type)) return [name, { shape, data: toFloat32(stored, type) }];
    throw new Error(`${file}: tensor "${name}" has type ${type}; F64, F32, F16 or BF16 is needed`);
  });
  return Object.fromEntries(decoded);
}

function float64s(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / 8 }, (_, index) => view.getFloat64(8 * index, true));
}
