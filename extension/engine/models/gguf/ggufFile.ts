import { open, stat, type FileHandle } from 'node:fs/promises';
import { GGMLQuantizationType, gguf } from '@huggingface/gguf';
import { ModelError } from '../modelError';
import { blockFormats, dequantise, type BlockFormat } from './ggufBlocks';
import { headerProblem } from './ggufHeader';
import { GgufMetadata } from './ggufMetadata';

/** A tensor of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */
export interface GgufTensor {
  readonly name: string;
  /** Outermost first, as PyTorch has it; GGUF itself writes the innermost first. */
  readonly shape: readonly number[];
  /** Its name in GGML: "Q4_0". */
  readonly type: string;
  readonly format: BlockFormat;
  readonly offset: number;
  readonly byteLength: number;
}

const largestSmallTensor = 1 << 20;

/** Metadata and tensor places of a GGUF file; the numbers are read a few rows at a time. */
export class GgufFile {
  private constructor(
    readonly file: string,
    readonly tensors: readonly GgufTensor[],
    readonly metadata: GgufMetadata,
  ) {}

  /**
   * Reads and checks the header.
   *
   * @throws ModelError for a file that is not GGUF, is one of several shards, or whose tensors are of a type that is not
   * in {@link blockFormats}, have no usable shape, share a name, overlap, or leave the file.
   */
  static async read(file: string): Promise<GgufFile> {
    const { header, size } = await readHeader(file);
    const metadata = new GgufMetadata(file, header.metadata as unknown as Record<string, unknown>);
    const shards = metadata.count('split.count', 1);
    if (shards > 1)
      throw new ModelError(
        `${file}: is one of ${shards} parts, which is not supported. Merge them first: llama-gguf-split --merge.`,
      );
    const start = Number(header.tensorDataOffset);
    if (start < header.tensorInfoByteRange[1]) metadata.reject('general.alignment', ', which is not usable');
    const tensors = header.tensorInfos.map((info) => readTensor(file, info, start, size));
    refuseSharedBytes(file, tensors);
    return new GgufFile(file, tensors, metadata);
  }

  tensor(name: string): GgufTensor | undefined {
    return this.tensors.find((each) => each.name === name);
  }

  /** All numbers of a small tensor; undefined where there is none of this name. @throws ModelError for a large one. */
  async numbers(name: string): Promise<Float32Array | undefined> {
    const tensor = this.tensor(name);
    if (tensor === undefined) return undefined;
    if (tensor.byteLength > largestSmallTensor)
      throw new ModelError(`${this.file}: tensor "${name}" has ${tensor.byteLength} bytes, far more than it needs.`);
    const handle = await open(this.file, 'r');
    try {
      return dequantise(await readBytes(handle, tensor.offset, tensor.byteLength), tensor.format);
    } finally {
      await handle.close();
    }
  }

  /**
   * The numbers of a tensor, row-major float32, in pieces of about `pieceLength` numbers: whole rows, at least one.
   *
   * @param handle the file, open for reading.
   */
  static async *pieces(
    handle: FileHandle,
    tensor: GgufTensor,
    pieceLength = Infinity,
  ): AsyncGenerator<Float32Array, void, undefined> {
    const { blockLength, blockBytes } = tensor.format;
    const width = tensor.shape.at(-1) ?? 1;
    const rowBytes = (width / blockLength) * blockBytes;
    const pieceBytes = Math.max(1, Math.floor(pieceLength / width)) * rowBytes;
    for (let done = 0; done < tensor.byteLength; done += pieceBytes) {
      const length = Math.min(pieceBytes, tensor.byteLength - done);
      yield dequantise(await readBytes(handle, tensor.offset + done, length), tensor.format);
    }
  }
}

async function readHeader(
  file: string,
): Promise<{ readonly header: Awaited<ReturnType<typeof gguf>>; readonly size: number }> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw new ModelError(`${file}: cannot be opened (${(error as Error).message}).`);
  });
  const problem = await headerProblem(handle).finally(() => handle.close());
  if (problem !== undefined)
    throw new ModelError(`${file}: cannot be read as GGUF: it ${problem}. Is it damaged? Fetch it again.`);
  try {
    return { header: await gguf(file, { allowLocalFile: true }), size: (await stat(file)).size };
  } catch (error) {
    throw new ModelError(`${file}: cannot be read as GGUF (${(error as Error).message}).`);
  }
}

function readTensor(
  file: string,
  info: { readonly name: string; readonly shape: readonly bigint[]; readonly dtype: number; readonly offset: bigint },
  start: number,
  fileSize: number,
): GgufTensor {
  const { name } = info;
  const type = GGMLQuantizationType[info.dtype] ?? String(info.dtype);
  const format = blockFormats[type];
  if (format === undefined) {
    const supported = Object.keys(blockFormats).join(', ');
    throw new ModelError(`${file}: tensor "${name}" is ${type}; supported: ${supported}.`);
  }
  const shape = info.shape.map(Number).reverse();
  const elements = shape.reduce((product, length) => product * length, 1);
  if (shape.length === 0 || !Number.isSafeInteger(elements) || elements < 1)
    throw new ModelError(`${file}: tensor "${name}" has no usable shape: [${shape.join(', ')}].`);
  const byteLength = (elements / format.blockLength) * format.blockBytes;
  const offset = start + Number(info.offset);
  if (shape.at(-1)! % format.blockLength !== 0 || !(offset + byteLength <= fileSize))
    throw new ModelError(
      `${file}: tensor "${name}" of type ${type} and shape [${shape.join(', ')}] does not fit into the file.`,
    );
  return { name, shape, type, format, offset, byteLength };
}

function refuseSharedBytes(file: string, tensors: readonly GgufTensor[]): void {
  if (tensors.length === 0) throw new ModelError(`${file}: has no tensor.`);
  const names = new Set<string>();
  let end = 0;
  for (const { name, offset, byteLength } of [...tensors].sort((a, b) => a.offset - b.offset)) {
    if (names.has(name)) throw new ModelError(`${file}: has the tensor "${name}" twice.`);
    names.add(name);
    if (offset < end) throw new ModelError(`${file}: tensor "${name}" overlaps another one.`);
    end = offset + byteLength;
  }
}

async function readBytes(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw new ModelError(`a GGUF file ended while it was read.`);
    filled += bytesRead;
  }
  return bytes;
}
