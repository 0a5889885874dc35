import type { RecordPart } from '../../storage/arrangement';
import type { GgufFile, GgufTensor } from './ggufFile';

/**
 * The records of a GGUF file, for packing it: scales lie apart from codes then. @param bytes of the whole file.
 */
export function recordParts({ tensors }: Pick<GgufFile, 'tensors'>, bytes: number): RecordPart[] {
  const parts: RecordPart[] = [];
  let end = 0;
  for (const tensor of [...tensors].sort((a, b) => a.offset - b.offset)) {
    parts.push({ bytes: tensor.offset - end, record: 1 }, { bytes: tensor.byteLength, record: recordBytes(tensor) });
    end = tensor.offset + tensor.byteLength;
  }
  parts.push({ bytes: bytes - end, record: 1 });
  return parts.filter((part) => part.bytes > 0);
}

/**
 * Where a number takes a byte or more, a row: the numbers of a column are alike, and bytes that lie together profit from it. Codes of four
 * bits do not, and their streams would be short: a block.
 */
function recordBytes({ shape, format: { blockBytes, blockLength } }: GgufTensor): number {
  return blockBytes < blockLength ? blockBytes : (shape.at(-1)! / blockLength) * blockBytes;
}
