/** The first bytes of all records, then all second ones, and so on: like stands beside like, and compresses better. */
export function apart(bytes: Uint8Array, record: number): Uint8Array {
  const streams = new Uint8Array(bytes.length);
  const count = Math.floor(bytes.length / record);
  for (let at = 0, place = 0; place < record; place++)
    for (let i = 0; i < count; i++) streams[at++] = bytes[i * record + place]!;
  return streams;
}

/** Undoes {@link apart}. */
export function together(streams: Uint8Array, record: number): Uint8Array {
  const bytes = new Uint8Array(streams.length);
  const count = Math.floor(streams.length / record);
  for (let at = 0, place = 0; place < record; place++)
    for (let i = 0; i < count; i++) bytes[i * record + place] = streams[at++]!;
  return bytes;
}
