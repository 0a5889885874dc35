import { readFileSync, writeFileSync } from 'node:fs';
import { safetensorsPrefix } from '../../../extension/engine/models/safetensors';
import type { TensorType } from '../../../extension/engine/models/tensorType';

/** A tensor of a safetensors file as its bytes. */
export interface StoredTensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** All tensors of a small safetensors file, by their names. */
export function readStoredTensors(file: string): Map<string, StoredTensor> {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
    string,
    { readonly dtype: TensorType; readonly shape: number[]; readonly data_offsets: [number, number] }
  >;
  delete header['__metadata__'];
  return new Map(
    Object.entries(header).map(([name, { dtype, shape, data_offsets: range }]) => [
      name,
      { type: dtype, shape, bytes: bytes.subarray(start + range[0], start + range[1]) },
    ]),
  );
}

export function writeStoredTensors(file: string, tensors: Iterable<readonly [string, StoredTensor]>): void {
  const all = [...tensors];
  const prefix = safetensorsPrefix(
    all.map(([name, { type, shape }]) => ({ name, type, shape })),
    { format: 'pt' },
  );
  writeFileSync(file, Buffer.concat([prefix, ...all.map(([, { bytes }]) => bytes)]));
}
