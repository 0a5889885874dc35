/**
 * One block of LZ4, the codec LZ4_RAW of Parquet
 * (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md): literals, then a copy of earlier output, and so on.
 * @param length of the output, in bytes.
 * @throws Error where the block does not hold exactly that.
 */
export function decompressLz4Raw(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  let [at, written] = [0, 0];
  const next = (): number => {
    if (at === input.length) throw new Error('an LZ4 block ends too early');
    return input[at++]!;
  };
  /** Lengths of 15 and more go on in further bytes, up to the first below 255. */
  const wholeLength = (start: number): number => {
    let sum = start;
    if (start === 15) {
      let byte = 255;
      while (byte === 255) sum += byte = next();
    }
    return sum;
  };
  while (at < input.length) {
    const token = next();
    const literals = wholeLength(token >> 4);
    if (at + literals > input.length || written + literals > length) throw new Error('an LZ4 block is damaged');
    output.set(input.subarray(at, at + literals), written);
    at += literals;
    written += literals;
    if (at === input.length) break;
    const offset = next() | (next() << 8);
    const copied = wholeLength(token & 15) + 4;
    if (offset === 0 || offset > written || written + copied > length) throw new Error('an LZ4 block is damaged');
    // The copy may overlap what it writes, so it goes byte by byte.
    for (const end = written + copied; written < end; written++) output[written] = output[written - offset]!;
  }
  if (written !== length) throw new Error('an LZ4 block ends too early');
  return output;
}

/**
 * The codec LZ4 of older Parquet files: Hadoop's frames, each with the big-endian lengths of its output and its input in front, or,
 * by programs that meant the same name otherwise, one block alone. Arrow tells them apart by whether the frames fit.
 * @throws Error as {@link decompressLz4Raw}.
 */
export function decompressLz4(input: Uint8Array, length: number): Uint8Array {
  return hadoopFrames(input, length) ?? decompressLz4Raw(input, length);
}

function hadoopFrames(input: Uint8Array, length: number): Uint8Array | undefined {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const output = new Uint8Array(length);
  let [at, written] = [0, 0];
  while (at + 8 <= input.length) {
    const [unpacked, packed] = [view.getUint32(at), view.getUint32(at + 4)];
    const end = at + 8 + packed;
    if (end > input.length || written + unpacked > length) return undefined;
    try {
      output.set(decompressLz4Raw(input.subarray(at + 8, end), unpacked), written);
    } catch {
      return undefined;
    }
    written += unpacked;
    at = end;
  }
  return at === input.length && written === length ? output : undefined;
}
