/**
 * Small named tensors as the bytes of a safetensors file: u64 little-endian header length, JSON header padded with spaces to a
 * multiple of 8, then the numbers. Large weight files are read in place by models/; this is for prompts and optimiser states.
 * Format: https://github.com/huggingface/safetensors#format
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
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    const count = shape.reduce((product, size) => product * size, 1);
    if (count !== data.length) throw new Error(`tensor "${name}": shape [${shape.join(', ')}] is not ${data.length}`);
    const dtype = data instanceof Float64Array ? 'F64' : 'F32';
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const padding = (8 - (json.length % 8)) % 8;
  const bytes = Buffer.alloc(8 + json.length + padding + offset, ' ');
  bytes.writeBigUInt64LE(BigInt(json.length + padding), 0);
  json.copy(bytes, 8);
  let at = 8 + json.length + padding;
  for (const [, { data }] of entries) {
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).copy(bytes, at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors of a file; F16 and BF16 are widened to float32.
 * @param name of the file, for messages.
 * @throws Error when the bytes are not a whole safetensors file or hold another type.
 */
export function decodeTensors(bytes: Uint8Array, name: string): Record<string, Tensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Infinity;
  const start = 8 + headerLength;
  if (start > bytes.length) throw new Error(`${name}: not a safetensors file, or cut off (${bytes.length} bytes)`);
  const header = parseHeader(bytes.subarray(8, start), name);
  const tensors: Record<string, Tensor> = {};
  for (const [tensor, entry] of Object.entries(header)) {
    if (tensor === '__metadata__') continue;
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = entry as {
      dtype: string;
      shape: number[];
      data_offsets: [number, number];
    };
    const decode = decoders[dtype];
    if (!decode) throw new Error(`${name}: tensor "${tensor}" has type ${dtype}; F64, F32, F16 or BF16 is needed`);
    const [from, to] = offsets;
    const count = shape.reduce((product, size) => product * size, 1);
    if (start + to > bytes.length || to - from !== count * decode.size) {
      throw new Error(`${name}: tensor "${tensor}" is cut off or its size does not fit its shape`);
    }
    const data = decode.make(count);
    for (let index = 0; index < count; index++) {
      data[index] = decode.read(view, start + from + index * decode.size);
    }
    tensors[tensor] = { shape, data };
  }
  return tensors;
}

function parseHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${name}: the safetensors header is not JSON (${(error as Error).message})`, { cause: error });
  }
}

interface Decoder {
  readonly size: number;
  readonly make: (count: number) => Float32Array | Float64Array;
  readonly read: (view: DataView, offset: number) => number;
}
const float32 = (count: number): Float32Array => new Float32Array(count);
const decoders: Readonly<Record<string, Decoder>> = {
  F64: { size: 8, make: (count) => new Float64Array(count), read: (view, offset) => view.getFloat64(offset, true) },
  F32: { size: 4, make: float32, read: (view, offset) => view.getFloat32(offset, true) },
  F16: { size: 2, make: float32, read: (view, offset) => half(view.getUint16(offset, true)) },
  BF16: { size: 2, make: float32, read: (view, offset) => brainFloat(view.getUint16(offset, true)) },
};

/** IEEE 754 binary16 from its bits. */
function half(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
function brainFloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits * 65536);
  return view.getFloat32(0);
}
