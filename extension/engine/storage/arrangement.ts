import { apart, together } from './byteStreams';
import { placeCalls, unplaceCalls } from './callTargets';

/** How the bytes of a file are put in another order before they are compressed, and back. */
export type Arrangement =
  | { readonly kind: 'x86-code' }
  /** Parts of the file, one behind the other; the bytes of a part's records lie apart, place by place. */
  | { readonly kind: 'records'; readonly parts: readonly RecordPart[] };

export interface RecordPart {
  readonly bytes: number;
  /** Bytes of one record. */
  readonly record: number;
}

/** The bytes as they are compressed; `bytes` is left alone. */
export function arranged(bytes: Uint8Array, arrangement: Arrangement): Uint8Array {
  if (arrangement.kind === 'records') return eachPart(bytes, arrangement.parts, apart);
  const code = Uint8Array.from(bytes);
  placeCalls(code);
  return code;
}

/** Undoes {@link arranged}; may use the memory of `bytes`. */
export function rearranged(bytes: Uint8Array, arrangement: Arrangement): Uint8Array {
  if (arrangement.kind === 'records') return eachPart(bytes, arrangement.parts, together);
  unplaceCalls(bytes);
  return bytes;
}

function eachPart(
  bytes: Uint8Array,
  parts: readonly RecordPart[],
  turn: (bytes: Uint8Array, record: number) => Uint8Array,
): Uint8Array {
  let at = 0;
  return Buffer.concat(parts.map(({ bytes: length, record }) => turn(bytes.subarray(at, (at += length)), record)));
}
