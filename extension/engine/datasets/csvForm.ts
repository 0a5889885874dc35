import { ColumnForms } from './columnForms';
import { CsvRecord } from './csvRecord';
import type { Dialect } from './csvRecord';
import type { Source } from './entry';
import { lines } from './lines';

/** How a delimited file is written. */
export interface CsvForm {
  readonly dialect: Dialect;
  /** Lines in front of the header: blank ones and Excel's `sep=;`. */
  readonly skipped: number;
  /** Excel's line names the separator. */
  readonly named: boolean;
  /** Of the rows beyond doubt; empty where no quote of the file needs judging. */
  readonly forms: ColumnForms;
}

/** Most characters of a quoted cell that runs over several lines; a longer one is taken for a quote that never closes. */
export const mostQuoted = 2 ** 24;

/**
 * Finds out how a delimited file is written: the separator from Excel's line `sep=;`, else the one of `,` `;` tab `|` that the header
 * holds most often; whether backslashes escape quotes, where fewer records are then damaged than without; and what its rows look like.
 * Reads the file once, and again where a quote runs over lines or a backslash may escape something.
 * @param separator where it is known; Excel's line wins over it.
 */
export async function csvForm(source: Source, separator?: string): Promise<CsvForm> {
  let dialect: Dialect | undefined;
  let named: string | undefined;
  let [skipped, doubtful, backslashes] = [0, false, false];
  for await (const line of lines(source.text())) {
    if (!dialect) {
      const excel = named === undefined && /^"?sep=(\\t|.)"?$/i.exec(line);
      if (excel) named = excel[1] === '\\t' ? '\t' : excel[1]!;
      if (excel || line.trim() === '') {
        skipped++;
        continue;
      }
      dialect = { separator: named ?? separator ?? headerSeparator(line), escapes: false };
    }
    if (line.includes('"')) doubtful ||= isOdd(line);
    if (line.includes('\\')) backslashes ||= line.includes('\\"') || line.includes(`\\${dialect.separator}`);
    if (doubtful && backslashes) break;
  }
  dialect ??= { separator: separator ?? ',', escapes: false };
  const form = { skipped, named: named !== undefined };
  if (!doubtful && !backslashes) return { ...form, dialect, forms: new ColumnForms() };
  return { ...form, ...(await bestTrial(source, dialect, skipped, backslashes)) };
}

/** The reading that damages fewer records: with backslashes as ordinary characters, or as escapes. */
async function bestTrial(
  source: Source,
  dialect: Dialect,
  skipped: number,
  backslashes: boolean,
): Promise<Pick<CsvForm, 'dialect' | 'forms'>> {
  const plain = new Trial(dialect);
  const escaped = new Trial({ ...dialect, escapes: true });
  const trials = backslashes ? [plain, escaped] : [plain];
  let line = 0;
  for await (const text of lines(source.text())) {
    if (line++ >= skipped) for (const trial of trials) trial.add(text);
  }
  const { dialect: best, forms } = backslashes && escaped.damaged < plain.damaged ? escaped : plain;
  return { dialect: best, forms };
}

/** A reading of the whole file in one dialect, which counts what does not go well. */
class Trial {
  readonly forms = new ColumnForms();
  #damaged = 0;
  #record: CsvRecord | undefined;
  #lines = 0;
  #characters = 0;
  #columns: number | undefined;

  constructor(readonly dialect: Dialect) {}

  /** Records with another number of cells than the header, or with quotes that do not end their cell. */
  get damaged(): number {
    return this.#damaged + Number(this.#record !== undefined);
  }

  add(line: string): void {
    if (!this.#record && line.trim() === '') return;
    this.#record ??= new CsvRecord(this.dialect);
    this.#lines++;
    this.#characters += line.length;
    const state = this.#record.add(line);
    if (state === 'open' && this.#characters < mostQuoted) return;
    const { cells, stray } = this.#record;
    const isHeader = this.#columns === undefined;
    this.#columns ??= cells.length;
    if (state !== 'complete' || stray || cells.length !== this.#columns) this.#damaged++;
    else if (this.#lines === 1 && !isHeader) this.forms.add(cells);
    this.#record = undefined;
    this.#lines = 0;
    this.#characters = 0;
  }
}

function isOdd(line: string): boolean {
  return (line.split('"').length - 1) % 2 === 1;
}

function headerSeparator(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map((each) => [each, unquoted.split(each).length - 1] as const);
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}
