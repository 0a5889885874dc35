import { open, stat, type FileHandle } from 'node:fs/promises';
import { GGMLQuantizationType, gguf } from '@huggingface/gguf';
import { blockFormats, dequantise, type BlockFormat } from './ggufBlocks';
import { ModelError } from './modelError';

/** A tensor of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */
export interface GgufTensor {
  readonly name: string;
  /** Outermost first, as PyTorch has it; GGUF itself writes the innermost first. */
  readonly shape: readonly number[];
  readonly format: BlockFormat;
  readonly offset: number;
  readonly byteLength: number;
}

/** The tensors of a GGUF file; the numbers are read one tensor at a time. */
export class GgufFile {
  private constructor(
    readonly file: string,
    readonly tensors: readonly GgufTensor[],
    private readonly metadata: Readonly<Record<string, unknown>>,
  ) {}

  /** @throws ModelError for a file that is not GGUF, or whose tensors are of another type than Q4_0, Q4_1, Q8_0, F16, F32 or leave the file. */
  static async read(file: string): Promise<GgufFile> {
    let header;
    try {
      header = await gguf(file, { allowLocalFile: true });
    } catch (error) {
      throw new ModelError(`${file}: cannot be read as GGUF (${(error as Error).message}).`);
    }
    if (!header.littleEndian) throw new ModelError(`${file}: is a big-endian GGUF file; supported: little-endian.`);
    const { size } = await stat(file);
    const tensors = header.tensorInfos.map((info): GgufTensor => {
      const type = GGMLQuantizationType[info.dtype] as string | undefined;
      const format = blockFormats[type ?? ''];
      if (format === undefined) {
        const supported = Object.keys(blockFormats).join(', ');
        throw new ModelError(`${file}: tensor "${info.name}" is ${type ?? info.dtype}; supported: ${supported}.`);
      }
      const shape = info.shape.map(Number).reverse();
      const elements = shape.reduce((product, length) => product * length, 1);
      const byteLength = (elements / format.blockLength) * format.blockBytes;
      const offset = Number(header.tensorDataOffset + info.offset);
      if ((shape.at(-1) ?? 1) % format.blockLength !== 0 || !(offset + byteLength <= size))
        throw new ModelError(
          `${file}: tensor "${info.name}" of shape [${shape.join(', ')}] does not fit into the file.`,
        );
      return { name: info.name, shape, format, offset, byteLength };
    });
    return new GgufFile(file, tensors, header.metadata as unknown as Record<string, unknown>);
  }

  /** A text of the metadata; undefined where there is none. */
  text(key: string): string | undefined {
    const value = this.metadata[key];
    return typeof value === 'string' ? value : undefined;
  }

  /** A whole number of the metadata. @throws ModelError where it is missing. */
  count(key: string): number {
    const value = Number(this.metadata[key]);
    if (!Number.isSafeInteger(value)) throw new ModelError(`${this.file}: the metadata has no number "${key}".`);
    return value;
  }

  /** Calls `use` with the numbers of every tensor, row-major float32, one tensor at a time. */
  async forEachTensor(use: (tensor: GgufTensor, numbers: Float32Array) => Promise<void>): Promise<void> {
    const handle = await open(this.file, 'r');
    try {
      for (const tensor of this.tensors) await use(tensor, dequantise(await readBytes(handle, tensor), tensor.format));
    } finally {
      await handle.close();
    }
  }
}

async function readBytes(handle: FileHandle, { offset, byteLength }: GgufTensor): Promise<Uint8Array> {
  const bytes = Buffer.alloc(byteLength);
  let filled = 0;
  while (filled < byteLength) {
    const { bytesRead } = await handle.read(bytes, filled, byteLength - filled, offset + filled);
    if (bytesRead === 0) throw new ModelError(`a GGUF file ended while it was read.`);
    filled += bytesRead;
  }
  return bytes;
}
