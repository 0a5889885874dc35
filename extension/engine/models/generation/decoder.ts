import type { GenerationRequest } from '../frozenModel';

/** A network opened for writing: what it has read stays in a cache, and each step computes one token a row. */
export interface Decoder {
  /**
   * Reads the inputs.
   *
   * @param prompt [P, D] row-major, or [requests, P, D] where the decoder was opened for a prompt a row.
   */
  read(prompt: Float32Array, requests: readonly GenerationRequest[]): Promise<Decoding>;
  release(): Promise<void>;
}

/** A batch of rows on their way. */
export interface Decoding {
  /** For each row, the logits [V] of its next token. */
  readonly logits: readonly Float32Array[];
  /** Goes on with some of the rows, in the order given, each with the token that was chosen for it. The others cost nothing any more. */
  next(rows: readonly number[], tokens: readonly number[]): Promise<Decoding>;
}

/** [rows, V] -> one list of V a row. */
export function rowsOfLogits({
  data,
  shape,
}: {
  readonly data: unknown;
  readonly shape: readonly number[];
}): Float32Array[] {
  const [rows = 0, width = 0] = shape;
  return Array.from({ length: rows }, (_, row) => (data as Float32Array).subarray(row * width, (row + 1) * width));
}
