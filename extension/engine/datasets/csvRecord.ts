/** How cells are told apart in a delimited file. */
export interface Dialect {
  /** One character. */
  readonly separator: string;
  /** A backslash in front of a quote, a separator or a backslash makes it text. */
  readonly escapes: boolean;
}

/**
 * What a record says after a line: it is complete, a quoted cell goes on in the next line, or a cell that began in an earlier line
 * goes on behind its closing quote, so that the quotes cannot be what they seem.
 */
export type RecordState = 'complete' | 'open' | 'broken';

/**
 * One record of a delimited file, read line by line. Quotes count as in RFC 4180 and pandas: only at the beginning of a cell do they
 * open one, and a doubled one inside is text. A cell that goes on behind its closing quote in the same line keeps its quotes.
 */
export class CsvRecord {
  readonly cells: string[] = [];
  /** Some cell goes on behind its closing quote. */
  stray = false;
  /** Text of the quoted cell that is open, without the quote that opens it. */
  #open: string | undefined;
  /** Where the open cell starts in the latest line, its quote included; -1 for one that began in an earlier line. */
  #start = 0;

  constructor(private readonly dialect: Dialect) {}

  /** @param line without its line end. */
  add(line: string): RecordState {
    const { separator, escapes } = this.dialect;
    if (this.#open === undefined && !line.includes('"') && !(escapes && line.includes('\\'))) {
      this.cells.push(...line.split(separator));
      return 'complete';
    }
    let at = 0;
    if (this.#open !== undefined) this.#start = -1;
    for (;;) {
      if (this.#open === undefined && line[at] === '"') {
        this.#open = '';
        this.#start = at;
        at++;
      }
      if (this.#open === undefined) {
        const end = this.#separatorFrom(line, at);
        this.cells.push(this.#unescaped(line.slice(at, end)));
        if (end === line.length) return 'complete';
        at = end + 1;
        continue;
      }
      const close = this.#closingQuote(line, at);
      if (close < 0) {
        this.#open += `${this.#unquoted(line.slice(at))}\n`;
        return 'open';
      }
      let end = close + 1;
      if (end === line.length || line[end] === separator) {
        this.cells.push(this.#open + this.#unquoted(line.slice(at, close)));
      } else if (this.#start < 0) {
        return 'broken';
      } else {
        end = this.#separatorFrom(line, end);
        this.cells.push(this.#unescaped(line.slice(this.#start, end)));
        this.stray = true;
      }
      this.#open = undefined;
      if (end === line.length) return 'complete';
      at = end + 1;
    }
  }

  /** As far as the latest line's cells are certain: where its open cell starts. */
  get openedAt(): number {
    return this.#start;
  }

  #separatorFrom(line: string, at: number): number {
    const { separator, escapes } = this.dialect;
    let end = line.indexOf(separator, at);
    while (escapes && end >= 0 && isEscaped(line, end, at)) end = line.indexOf(separator, end + 1);
    return end < 0 ? line.length : end;
  }

  /** Where the cell that is open at `at` closes; -1 where it does not in this line. */
  #closingQuote(line: string, at: number): number {
    for (let quote = line.indexOf('"', at); quote >= 0; quote = line.indexOf('"', quote + 1)) {
      if (this.dialect.escapes && isEscaped(line, quote, at)) continue;
      if (line[quote + 1] !== '"') return quote;
      quote++;
    }
    return -1;
  }

  #unquoted(text: string): string {
    const single = text.includes('""') ? text.replaceAll('""', '"') : text;
    return this.#unescaped(single);
  }

  #unescaped(text: string): string {
    const { separator, escapes } = this.dialect;
    if (!escapes || !text.includes('\\')) return text;
    return text.replace(/\\([^])/g, (both, next: string) => (['"', '\\', separator].includes(next) ? next : both));
  }
}

/**
 * A line as a record of its own: a quote that opens a cell and is not closed in the line is part of the text.
 */
export function cellsOfLine(line: string, dialect: Dialect): string[] {
  const record = new CsvRecord(dialect);
  if (record.add(line) === 'complete') return record.cells;
  const rest = new CsvRecord(dialect);
  // One character in front of the quote makes it an ordinary one.
  rest.add(` ${line.slice(record.openedAt)}`);
  const [first, ...others] = rest.cells;
  return [...record.cells, first!.slice(1), ...others];
}

/** Whether an odd number of backslashes stands in front of `at`, from `from` on. */
function isEscaped(line: string, at: number, from: number): boolean {
  let backslashes = 0;
  while (at - backslashes > from && line[at - backslashes - 1] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
