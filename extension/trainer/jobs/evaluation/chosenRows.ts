import { basename } from 'node:path';
import { RejectionTally } from '../../../engine/dataCheck/rejectionTally';
import type { Doubt, Rejection, Row } from '../../../engine/datasets/dataset';
import type { Random } from '../../../engine/datasets/random';
import { type DatasetHead, type OpenDataset, heldCharacters, mostHeld, rowOf } from '../../../engine/datasets/readers';
import { Reservoir } from '../../../engine/datasets/reservoir';
import { noExample } from '../../../engine/tasks/examples';
import { type Example, TaskError } from '../../../engine/tasks/task';
import { mostEvaluatedRows } from '../../../protocol/evaluation';

/** A row that is evaluated, and what a task makes of it. */
export interface ChosenRow {
  readonly row: Row;
  readonly example: Example;
}

export interface RowChoice {
  /** Cuts the part that is wanted out of all rows; undefined: all are wanted. */
  readonly cut: ((rows: readonly ChosenRow[]) => readonly ChosenRow[]) | undefined;
  /** Only rows of these numbers. */
  readonly only: ReadonlySet<number> | undefined;
  /** At most this many, each as likely as the others. */
  readonly sample: number | undefined;
  readonly random: Random;
}

export interface ChosenRows {
  readonly rows: readonly ChosenRow[];
  /** The first {@link mostListed} of the rows of the file that cannot be used, and how many there are. */
  readonly rejected: readonly Rejection[];
  readonly rejectedCount: number;
  /** What the reader decided about single rows, where the file was read to its end here. */
  readonly doubts: readonly Doubt[];
  /** The same by reason. */
  readonly tally: RejectionTally;
  /** Rows of the file. */
  readonly total: number;
}

/** Most rows that cannot be used which a record lists. */
export const mostListed = 1000;

/**
 * Goes through a data set once and keeps the rows that are to be evaluated, so that a file may be much larger than memory. Only a part
 * of it, which is cut by the texts of all its rows, needs them all.
 *
 * @param head of the same data set.
 * @throws TaskError where no row can be used, where too many are wanted, and for a file too large to be cut.
 */
export async function chooseRows(
  open: OpenDataset,
  head: DatasetHead,
  exampleOf: (row: Row) => Example | Rejection,
  { cut, only, sample, random }: RowChoice,
): Promise<ChosenRows> {
  const all: ChosenRow[] = [];
  const drawn = new Reservoir<ChosenRow>(sample ?? mostEvaluatedRows, random);
  const rejected: Rejection[] = [];
  const doubts: Doubt[] = [];
  const tally = new RejectionTally();
  let [total, held] = [0, 0];
  const offer = (chosen: ChosenRow): void => {
    if (only && !only.has(chosen.row.row)) return;
    // A cell may be a slice of the piece of the file it was read with, and would keep it.
    drawn.add(() => structuredClone(chosen));
    if (sample === undefined && drawn.seen > mostEvaluatedRows) throw tooMany(open.file, drawn.seen - 1);
  };
  for await (const row of rowsOf(open, head, doubts)) {
    total++;
    const example = 'reason' in row ? row : exampleOf(row);
    if ('reason' in row || 'reason' in example) {
      tally.add(example as Rejection);
      if (tally.count <= mostListed) rejected.push(example as Rejection);
      continue;
    }
    if (cut || sample === undefined) held += heldCharacters(row);
    if (held > mostHeld) throw cut ? tooLargeToCut(open.file) : tooMany(open.file, drawn.seen);
    if (cut) all.push({ row, example });
    else offer({ row, example });
  }
  if (all.length === 0 && drawn.seen === 0 && rejected[0]) throw noExample(open.file, rejected[0]);
  cut?.(all).forEach(offer);
  return { rows: drawn.items(), rejected, rejectedCount: tally.count, doubts, tally, total };
}

/** Every row of a data set, and what is wrong with those that are none; a head that is all of it is not read again. */
async function* rowsOf(open: OpenDataset, head: DatasetHead, doubts: Doubt[]): AsyncGenerator<Row | Rejection> {
  if (head.whole) {
    yield* head.rejected;
    yield* head.rows;
    return;
  }
  for await (const entry of open.entries()) {
    const row = rowOf(entry, open.file);
    if (row) yield row;
    if (entry.type === 'doubt') doubts.push({ ...entry, file: open.file });
  }
}

function tooMany(file: string, rows: number): TaskError {
  return new TaskError(
    `${basename(file)} has more than ${rows.toLocaleString('en')} rows, which is as much as one evaluation takes. Evaluate a sample of them, ` +
      'drawn at random: choose its size in the question for the rows, or give --sample 10000.',
  );
}

function tooLargeToCut(file: string): TaskError {
  return new TaskError(
    `${basename(file)} is too large to cut a part out of it, for which all its rows have to be held in memory. ` +
      'Evaluate a sample of all rows (--part all --sample 10000), or a file that holds the part alone.',
  );
}
