import { open, type FileHandle } from 'node:fs/promises';
import { ModelError } from '../modelError';
import type { BlockFormat } from './blocks/blockFormat';
import { dequantise } from './ggufBlocks';
import { HeaderFault, readGgufHeader, type GgufHeader, type TensorDescription } from './ggufHeader';
import { GgufMetadata } from './ggufMetadata';
import { blockFormat, readableTypes } from './ggufTypes';

/** A tensor of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */
export interface GgufTensor {
  /** The file that holds its numbers. */
  readonly file: string;
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

/** Metadata and tensor places of a GGUF file, or of one in several parts; the numbers are read a few rows at a time. */
export class GgufFile {
  private constructor(
    /** The first part, which has the metadata. */
    readonly file: string,
    readonly tensors: readonly GgufTensor[],
    readonly metadata: GgufMetadata,
  ) {}

  /**
   * Reads and checks the headers.
   *
   * @param files all parts in their order, one for a model in one file.
   * @throws ModelError for a file that is not GGUF, parts that do not belong together, and tensors that are of a type which is
   * not in {@link readableTypes}, have no usable shape, share a name, overlap, or leave their file.
   */
  static async read(...files: readonly string[]): Promise<GgufFile> {
    const parts: GgufPart[] = [];
    for (const file of files) parts.push(await readPart(file));
    const first = parts[0]!;
    const tensors = parts.flatMap((part) => part.tensors);
    for (const [index, { metadata }] of parts.entries()) requirePart(metadata, { index, of: parts.length, tensors });
    refuseSharedNames(first.metadata.file, tensors);
    return new GgufFile(first.metadata.file, tensors, first.metadata);
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
    const handle = await open(tensor.file, 'r');
    try {
      return dequantise(await readBytes(handle, tensor.offset, tensor.byteLength), tensor.format);
    } finally {
      await handle.close();
    }
  }

  /**
   * The numbers of a tensor, row-major float32, in pieces of about `pieceLength` numbers: whole rows, at least one.
   *
   * @param handle the tensor's file, open for reading.
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

interface GgufPart {
  readonly metadata: GgufMetadata;
  readonly tensors: readonly GgufTensor[];
}

async function readPart(file: string): Promise<GgufPart> {
  const header = await readHeader(file);
  const metadata = new GgufMetadata(file, header.metadata);
  const alignment = metadata.count('general.alignment', 32);
  if (alignment < 1) metadata.reject('general.alignment', ', which is not usable');
  const start = Math.ceil(header.length / alignment) * alignment;
  const tensors = header.tensors.map((each) => readTensor(file, each, start, header.fileSize));
  refuseSharedBytes(file, tensors);
  return { metadata, tensors };
}

/** @throws ModelError where a file does not say of itself that it is this part of so many (llama.cpp, tools/gguf-split). */
function requirePart(
  metadata: GgufMetadata,
  { index, of, tensors }: { readonly index: number; readonly of: number; readonly tensors: readonly GgufTensor[] },
): void {
  const count = metadata.count('split.count', 1);
  const number = metadata.count('split.no', 0);
  if (of === 1 && count > 1)
    throw new ModelError(
      `${metadata.file}: is part ${number + 1} of ${count}, and its name does not say so, which the other parts are found by. Name them NAME-00001-of-${String(count).padStart(5, '0')}.gguf and so on, or merge them: llama-gguf-split --merge.`,
    );
  if (count !== Math.max(1, of) || number !== index)
    throw new ModelError(
      `${metadata.file}: is named as part ${index + 1} of ${of}, but says of itself that it is part ${number + 1} of ${count}. Fetch the parts again.`,
    );
  const total = metadata.count('split.tensors.count', tensors.length);
  if (total !== tensors.length)
    metadata.reject('split.tensors.count', `, but the parts have ${tensors.length} tensors together`);
}

async function readHeader(file: string): Promise<GgufHeader> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw new ModelError(`${file}: cannot be opened (${(error as Error).message}).`);
  });
  try {
    return await readGgufHeader(handle);
  } catch (error) {
    if (!(error instanceof HeaderFault)) throw error;
    throw new ModelError(`${file}: cannot be read as GGUF: it ${error.message}. ${error.wayOut}`);
  } finally {
    await handle.close();
  }
}

function readTensor(file: string, described: TensorDescription, start: number, fileSize: number): GgufTensor {
  const { name } = described;
  const { type, format } = blockFormat(described.type);
  if (format === undefined)
    throw new ModelError(
      `${file}: tensor "${name}" is ${type}, which is not read; read are ${readableTypes.join(', ')}. Fetch the model in one of these, or rewrite it: llama-quantize --allow-requantize FILE NEW_FILE Q8_0.`,
    );
  const shape = [...described.shape].reverse();
  const elements = shape.reduce((product, length) => product * length, 1);
  if (shape.length === 0 || !Number.isSafeInteger(elements) || elements < 1)
    throw new ModelError(`${file}: tensor "${name}" has no usable shape: [${shape.join(', ')}].`);
  const byteLength = (elements / format.blockLength) * format.blockBytes;
  const offset = start + described.offset;
  if (shape.at(-1)! % format.blockLength !== 0 || !(offset + byteLength <= fileSize))
    throw new ModelError(
      `${file}: tensor "${name}" of type ${type} and shape [${shape.join(', ')}] does not fit into the file.`,
    );
  return { file, name, shape, type, format, offset, byteLength };
}

function refuseSharedBytes(file: string, tensors: readonly GgufTensor[]): void {
  let end = 0;
  for (const { name, offset, byteLength } of [...tensors].sort((a, b) => a.offset - b.offset)) {
    if (offset < end) throw new ModelError(`${file}: tensor "${name}" overlaps another one.`);
    end = offset + byteLength;
  }
}

function refuseSharedNames(file: string, tensors: readonly GgufTensor[]): void {
  if (tensors.length === 0) throw new ModelError(`${file}: has no tensor.`);
  const names = new Set<string>();
  for (const tensor of tensors) {
    if (names.has(tensor.name)) throw new ModelError(`${tensor.file}: has the tensor "${tensor.name}" twice.`);
    names.add(tensor.name);
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
