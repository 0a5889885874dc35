import type { Rejection } from '../datasets/dataset';
import { counted, type FoundRow, mostFoundRows, percent } from './finding';
import type { RuleFinding } from './rule';

/** Reasons that differ only in a value are told apart up to this many; beyond, they are counted together. */
const mostVariants = 5;
/** Whether so many rows, and such a share of all, are left out that a person should decide; one bad line is no question. */
const isWeighty = (count: number, share: number): boolean => share >= 0.05 || (share >= 0.01 && count >= 5);

/** Counts rejected rows by their reason, one after the other; holds a bounded number of rows a reason. */
export class RejectionTally {
  readonly #kinds = new Map<string, Map<string, Reason>>();
  #count = 0;

  add({ file, row, reason }: Rejection): void {
    this.#count++;
    const kind = kindOf(reason);
    let reasons: Map<string, Reason> | undefined = this.#kinds.get(kind);
    if (!reasons) this.#kinds.set(kind, (reasons = new Map<string, Reason>()));
    // Of very many variants only the first keep a reason of their own.
    const key = reasons.has(reason) || reasons.size <= mostVariants ? reason : others;
    let known = reasons.get(key);
    if (!known) reasons.set(key, (known = { reason, count: 0, rows: [] }));
    known.count++;
    if (known.rows.length < mostFoundRows) known.rows.push({ file, row });
  }

  /** Rows so far. */
  get count(): number {
    return this.#count;
  }

  /** One finding a reason, the most frequent first. @param total rows of the data set, those that can be used among them. */
  findings(total: number): RuleFinding[] {
    return [...this.#kinds.values()]
      .flatMap((reasons) => (reasons.size > mostVariants ? [together([...reasons.values()])] : [...reasons.values()]))
      .sort((a, b) => b.count - a.count)
      .map(({ reason, count, rows, variants }) => {
        const share = count / total;
        return {
          severity: isWeighty(count, share) ? 'warning' : 'note',
          text: `${counted(count, 'row')} of ${total.toLocaleString('en')} (${percent(share)}) ${count === 1 ? 'is' : 'are'} left out${variants === undefined ? '' : `, for more than ${mostVariants} reasons of one kind, such as`}: ${ended(reason)}`,
          ...{ count, share, rows },
        };
      });
  }
}
const others = '';

interface Reason {
  readonly reason: string;
  count: number;
  readonly rows: FoundRow[];
  readonly variants?: number;
}

function together(reasons: readonly Reason[]): Reason {
  const rows = reasons.flatMap((each) => each.rows.map((row) => ({ ...row, detail: each.reason })));
  return {
    reason: reasons[0]!.reason,
    count: reasons.reduce((sum, { count }) => sum + count, 0),
    rows: rows.sort((a, b) => (a.file === b.file ? a.row - b.row : a.file < b.file ? -1 : 1)).slice(0, mostFoundRows),
    variants: reasons.length,
  };
}

/** A reason without the values in it, by which reasons of one kind are told from those of another. */
function kindOf(reason: string): string {
  return reason.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\d+/g, '0');
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
