import { safetensorsHeader, type TensorEntry } from '../models/safetensors';
import { decodeTensors } from './tensorFile';

/** What PEFT names a soft prompt in a weights file. */
export const promptTensor = 'prompt_embeddings';

/** A soft prompt out of a safetensors file: the tensor's name and its numbers. */
export interface PromptMatrix {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  /** [rows, width] row-major. */
  readonly data: Float32Array;
}

/**
 * The only tensor of a safetensors file, which has to be a matrix of virtual tokens by width; dimensions of 1 in front of it are dropped.
 * A file with further tensors is refused: PEFT stores trained embeddings, heads and other methods' weights beside a prompt, which
 * then acts on a changed model.
 * @param file for messages.
 * @throws Error naming what is in the file; ModelError where it is no whole safetensors file.
 */
export function readPromptMatrix(bytes: Uint8Array, file: string): PromptMatrix {
  const all = [...safetensorsHeader(bytes, file).tensors.values()];
  const prompt = all.find(({ name }) => name === promptTensor) ?? (all.length === 1 ? all[0] : undefined);
  if (!prompt) {
    const held = all.length === 0 ? 'none' : named(all);
    throw new Error(
      `${file}: a prompt is one matrix of virtual tokens by width; this file has ${held}. Save that matrix alone`,
    );
  }
  const others = all.filter((each) => each !== prompt);
  if (others.length > 0)
    throw new Error(
      `${file}: holds more than the prompt: ${named(others)}. A prompt that was learned with changed weights means ` +
        'something else to the unchanged model. Tune it on the unchanged model; or save the changed model as a folder and the prompt alone',
    );
  if (!['F64', 'F32', 'F16', 'BF16'].includes(prompt.type))
    throw new Error(`${file}: tensor "${prompt.name}" has type ${prompt.type}; F64, F32, F16 or BF16 is needed`);
  const [rows, width] = matrixShape(prompt.shape) ?? [];
  if (rows === undefined || width === undefined)
    throw new Error(`${file}: a prompt is one matrix of virtual tokens by width; this file has ${named([prompt])}`);
  const data = Float32Array.from(decodeTensors(bytes, file)[prompt.name]!.data);
  return { name: prompt.name, rows, width, data };
}

/** [rows, width] of a shape that is a matrix but for dimensions of 1 in front, such as [1, P, D]; undefined for any other. */
export function matrixShape(shape: readonly number[]): readonly [number, number] | undefined {
  const [rows, width] = shape.slice(-2);
  const isMatrix = shape.length >= 2 && shape.slice(0, -2).every((size) => size === 1);
  return isMatrix && rows! > 0 && width! > 0 ? [rows!, width!] : undefined;
}

function named(tensors: readonly TensorEntry[]): string {
  const shown = tensors.slice(0, 5).map(({ name, shape }) => `"${name.slice(0, 100)}" [${shape.join(', ')}]`);
  return [...shown, ...(tensors.length > 5 ? [`and ${tensors.length - 5} more`] : [])].join(', ');
}
