import { lines } from './lines';

export interface NumberedLine {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

/** The lines of a text, some of which can be given back to be read again. */
export class LineFeed {
  readonly #lines: AsyncGenerator<string>;
  readonly #returned: NumberedLine[] = [];
  #count = 0;

  constructor(chunks: AsyncIterable<string>) {
    this.#lines = lines(chunks);
  }

  /** The next line; undefined behind the last one. */
  async next(): Promise<NumberedLine | undefined> {
    const returned = this.#returned.pop();
    if (returned) return returned;
    const next = await this.#lines.next();
    return next.done ? undefined : { number: ++this.#count, text: next.value };
  }

  /** Gives back lines that were read last, in their order. */
  giveBack(read: readonly NumberedLine[]): void {
    for (let index = read.length - 1; index >= 0; index--) this.#returned.push(read[index]!);
  }

  /** Leaves the text. */
  async close(): Promise<void> {
    await this.#lines.return(undefined);
  }
}
