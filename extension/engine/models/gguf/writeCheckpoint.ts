import { open, type FileHandle } from 'node:fs/promises';
import type { Configuration } from '../configuration';
import { requireFinite } from '../finiteWeights';
import { ModelError } from '../modelError';
import { safetensorsPrefix } from '../safetensors';
import { fromFloat32, type WeightType } from '../tensorType';
import type { GgufArchitecture, GgufDescription, Restore } from './architectures/architecture';
import { GgufFile, type GgufTensor } from './ggufFile';

/** What is stored unquantised stays as it is; dequantised numbers become float16, or float32 where they shall stay exact. */
export type DequantisedType = 'F16' | 'F32';

export interface CheckpointOptions {
  readonly configuration: Configuration;
  readonly dequantised: DequantisedType;
  readonly signal?: AbortSignal | undefined;
  /** Called as numbers are written. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A million numbers at a time: a few megabytes, whatever the model's size. */
const pieceLength = 1 << 20;

/**
 * Writes the weights of a GGUF file under the names of a Hugging Face checkpoint. A few rows are in memory at a time, a
 * whole tensor only where its rows change places.
 *
 * @throws ModelError for a tensor that the architecture does not have, and for numbers that are not finite.
 */
export async function writeCheckpoint(
  source: GgufFile,
  model: GgufDescription,
  rules: GgufArchitecture,
  file: string,
  { configuration, dequantised, signal, onProgress }: CheckpointOptions,
): Promise<void> {
  const placeOf = checkpointPlaces(source, model, rules);
  const tensors = source.tensors
    .filter(({ name }) => !rules.computed?.includes(name))
    .map((tensor) => ({ tensor, ...placeOf(tensor), type: storedType(tensor, dequantised) }));
  const total = tensors.reduce((sum, { tensor }) => sum + lengthOf(tensor), 0);
  const output = await open(file, 'w');
  const inputs = new Map<string, FileHandle>();
  let done = 0;
  try {
    await writeAll(
      output,
      safetensorsPrefix(
        tensors.map(({ name, type, tensor: { shape }, restore }) => ({
          name,
          type,
          shape: restore?.shape?.(shape) ?? shape,
        })),
        { format: 'pt' },
      ),
    );
    for (const { tensor, type, restore } of tensors) {
      let written = 0;
      const input = inputs.get(tensor.file) ?? (await open(tensor.file, 'r'));
      inputs.set(tensor.file, input);
      for await (const piece of GgufFile.pieces(input, tensor, restore === undefined ? pieceLength : Infinity)) {
        signal?.throwIfAborted();
        const numbers = restore?.numbers(piece, tensor.shape, configuration) ?? piece;
        const bytes = fromFloat32(numbers, type);
        requireFinite(bytes, type, { file: tensor.file, tensor: tensor.name, index: written });
        await writeAll(output, bytes);
        written += numbers.length;
        done += numbers.length;
        onProgress?.(done, total);
      }
    }
    await output.sync();
  } finally {
    await Promise.all([output, ...inputs.values()].map((handle) => handle.close()));
  }
}

/** How many bytes {@link writeCheckpoint} will write, but for the header. */
export function checkpointBytes({ tensors }: GgufFile, dequantised: DequantisedType): number {
  return tensors.reduce(
    (sum, tensor) => sum + lengthOf(tensor) * (storedType(tensor, dequantised) === 'F32' ? 4 : 2),
    0,
  );
}

/** What a tensor's numbers are written as. */
export function storedType({ type }: GgufTensor, dequantised: DequantisedType): WeightType {
  return type === 'F32' || type === 'F16' || type === 'BF16' ? type : dequantised;
}

function lengthOf({ shape }: GgufTensor): number {
  return shape.reduce((product, length) => product * length, 1);
}

type Place = { readonly name: string; readonly restore: Restore | undefined };

/** The name in a Hugging Face checkpoint of each tensor, and what its numbers need. */
function checkpointPlaces(
  { file }: GgufFile,
  model: GgufDescription,
  rules: GgufArchitecture,
): (tensor: GgufTensor) => Place {
  const names = rules.names(model);
  return ({ name }) => {
    const [, path = '', suffix = ''] = /^(.+)(\.(?:weight|bias))$/.exec(name) ?? [];
    const layer = /\bblk\.(\d+)\./.exec(path)?.[1] ?? '';
    const pattern = path.replace(`blk.${layer}.`, 'blk.N.');
    const found = Object.hasOwn(names, pattern) ? names[pattern] : undefined;
    if (found === undefined)
      throw new ModelError(`${file}: tensor "${name}" is not one of the architecture "${model.name}".`);
    const [checkpointName, restore] = typeof found === 'string' ? [found] : found;
    return { name: checkpointName.replace('.N.', `.${layer}.`) + suffix, restore };
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten;
}
