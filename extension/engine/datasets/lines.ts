/** The lines of a text that comes in chunks, without their \n; what follows the last \n is a line only when not empty. */
export async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let pending = '';
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      yield pending + chunk.slice(start, end);
      pending = '';
      start = end + 1;
    }
    pending += chunk.slice(start);
  }
  if (pending !== '') yield pending;
}
